// First of two stages of batch statistics: for each chunk of rows (chunk, chunk + chunks, ...) the mean per channel
// and the sum of squared deviations from it. Sums are taken of differences from the chunk's first row, so that a
// mean that is large compared with the standard deviation cancels no digits.
// Layout: x is a view of rows x vectors vec4s. partial is [chunks][2][vectors]: means, sums of squared deviations.
// Grid: one invocation per (chunk, column); workgroups in x, then y.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  xOffset: u32,
  xStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let chunk = index / params.vectors;
  let first = x[params.xOffset + chunk * params.xStride + vector];
  var sum = vec4f(0.0);
  var squares = vec4f(0.0);
  for (var row = chunk + params.chunks; row < params.rows; row += params.chunks) {
    let distance = x[params.xOffset + row * params.xStride + vector] - first;
    sum += distance;
    squares += distance * distance;
  }
  let count = f32((params.rows - chunk + params.chunks - 1u) / params.chunks);
  partial[chunk * 2u * params.vectors + vector] = first + sum / count;
  partial[(chunk * 2u + 1u) * params.vectors + vector] = max(squares - sum * sum / count, vec4f(0.0));
}
