// First of two stages of the batch statistics of up to four values: of term firstTerm + i and every chunk of rows (chunk,
// chunk + chunks, ...) the mean of each channel and the sum of squared distances from it. Sums are taken of distances from
// the chunk's first row, so that a mean that is large beside the deviation costs no digits.
// Layout: x0..x3 are views of rows x vectors vec4s. partial is [terms][chunks][2][vectors]: means, sums of squares. Bindings
// of unused values repeat a used one.
// Grid: one invocation a (chunk, column), folded into x and y.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  firstTerm: u32,
  terms: u32,
  x0Offset: u32,
  x0Stride: u32,
  x1Offset: u32,
  x1Stride: u32,
  x2Offset: u32,
  x2Stride: u32,
  x3Offset: u32,
  x3Stride: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 4u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x0: array<vec4f>;
@group(0) @binding(2) var<storage, read> x1: array<vec4f>;
@group(0) @binding(3) var<storage, read> x2: array<vec4f>;
@group(0) @binding(4) var<storage, read> x3: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partial: array<vec4f>;

// Sums of one term.
struct Sums {
  first: vec4f,
  sum: vec4f,
  squares: vec4f,
}

fn include(sums: Sums, value: vec4f, isFirst: bool) -> Sums {
  let first = select(sums.first, value, isFirst);
  let distance = value - first;
  return Sums(first, sums.sum + distance, sums.squares + distance * distance);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let chunk = index / params.vectors;
  var s0: Sums;
  var s1: Sums;
  var s2: Sums;
  var s3: Sums;
  for (var row = chunk; row < params.rows; row += params.chunks) {
    let isFirst = row == chunk;
    s0 = include(s0, x0[params.x0Offset + row * params.x0Stride + vector], isFirst);
    if (COUNT > 1u) {
      s1 = include(s1, x1[params.x1Offset + row * params.x1Stride + vector], isFirst);
    }
    if (COUNT > 2u) {
      s2 = include(s2, x2[params.x2Offset + row * params.x2Stride + vector], isFirst);
    }
    if (COUNT > 3u) {
      s3 = include(s3, x3[params.x3Offset + row * params.x3Stride + vector], isFirst);
    }
  }
  let count = f32((params.rows - chunk + params.chunks - 1u) / params.chunks);
  // Written out, the stores are what compiling for a software driver takes seconds over: a loop of `terms` (COUNT) turns.
  for (var i = 0u; i < params.terms; i++) {
    let place = ((params.firstTerm + i) * params.chunks + chunk) * 2u * params.vectors + vector;
    partial[place] = s0.first + s0.sum / count;
    partial[place + params.vectors] = max(s0.squares - s0.sum * s0.sum / count, vec4f(0.0));
    s0 = s1;
    s1 = s2;
    s2 = s3;
  }
}
