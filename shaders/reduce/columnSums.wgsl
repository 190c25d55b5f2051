// Sum of rows per channel: y[group, chunk] = factor * sum of x[group, row] over row = chunk, chunk + chunks, ... One
// chunk gives the sum of a group; several chunks are the first of two stages, the second of which sums the chunks.
// Layout: x is a view of groups x rows rows of vectors vec4s; y is a view of groups x chunks rows.
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  groups: u32,
  rows: u32,
  chunks: u32,
  vectors: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
  factor: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.groups * params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let part = index / params.vectors;
  let group = part / params.chunks;
  let start = params.xOffset + group * params.rows * params.xStride + vector;
  var sum = vec4f(0.0);
  for (var row = part % params.chunks; row < params.rows; row += params.chunks) {
    sum += x[start + row * params.xStride];
  }
  y[params.yOffset + part * params.yStride + vector] = params.factor * sum;
}
