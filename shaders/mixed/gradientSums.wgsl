// First of two stages of the sums behind a mixed sum's gradients: of every chunk of rows (chunk, chunk + chunks, ...) the
// sum of dy and, of term firstTerm + i, its first row and the sum of dy * (x - first row), channel by channel. Distances
// from a row of the chunk stand for distances from the mean, which the second stage knows.
// Layout: dy, x0..x3 are views of rows x vectors vec4s. partial is [1 + 2 * terms][chunks][vectors]: sums of dy (by the call
// whose firstTerm is 0), then first rows and products of every term. Bindings of unused values repeat a used one.
// Grid: one invocation a (chunk, column), folded into x and y.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  firstTerm: u32,
  terms: u32,
  dyOffset: u32,
  dyStride: u32,
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
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> x0: array<vec4f>;
@group(0) @binding(3) var<storage, read> x1: array<vec4f>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read> x3: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> partial: array<vec4f>;

// Sums of one term.
struct Sums {
  first: vec4f,
  products: vec4f,
}

fn include(sums: Sums, g: vec4f, value: vec4f, isFirst: bool) -> Sums {
  let first = select(sums.first, value, isFirst);
  return Sums(first, sums.products + g * (value - first));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let columns = params.chunks * params.vectors;
  if (index >= columns) {
    return;
  }
  let vector = index % params.vectors;
  let chunk = index / params.vectors;
  var sum = vec4f(0.0);
  var s0: Sums;
  var s1: Sums;
  var s2: Sums;
  var s3: Sums;
  for (var row = chunk; row < params.rows; row += params.chunks) {
    let isFirst = row == chunk;
    let g = dy[params.dyOffset + row * params.dyStride + vector];
    sum += g;
    s0 = include(s0, g, x0[params.x0Offset + row * params.x0Stride + vector], isFirst);
    if (COUNT > 1u) {
      s1 = include(s1, g, x1[params.x1Offset + row * params.x1Stride + vector], isFirst);
    }
    if (COUNT > 2u) {
      s2 = include(s2, g, x2[params.x2Offset + row * params.x2Stride + vector], isFirst);
    }
    if (COUNT > 3u) {
      s3 = include(s3, g, x3[params.x3Offset + row * params.x3Stride + vector], isFirst);
    }
  }
  if (params.firstTerm == 0u) {
    partial[index] = sum;
  }
  // Written out, the stores are what compiling for a software driver takes seconds over: a loop of `terms` (COUNT) turns.
  for (var i = 0u; i < params.terms; i++) {
    let place = (1u + 2u * (params.firstTerm + i)) * columns + index;
    partial[place] = s0.first;
    partial[place + columns] = s0.products;
    s0 = s1;
    s1 = s2;
    s2 = s3;
  }
}
