// First of two stages of the dot products of dy with up to five values: for term firstTerm + i the partial sums of
// dot(dy, x_i) over one column of vec4s in a chunk of rows, followed by the term's position in the result.
// Layout: dy and x0 to x4 are views of rows x vectors vec4s; bindings of unused values repeat a used one. partial is
// [terms][chunks * vectors + 1] scalars, of which the last of each term is its position as a number.
// Grid: one invocation per (chunk of rows, column); workgroups in x, then y. Chunk c consists of every rowStep-th
// row from c * chunkStart, within chunkSpan rows.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  chunkStart: u32,
  chunkSpan: u32,
  rowStep: u32,
  firstTerm: u32,
  dyOffset: u32,
  dyStride: u32,
  x0Offset: u32,
  x0Stride: u32,
  place0: f32,
  x1Offset: u32,
  x1Stride: u32,
  place1: f32,
  x2Offset: u32,
  x2Stride: u32,
  place2: f32,
  x3Offset: u32,
  x3Stride: u32,
  place3: f32,
  x4Offset: u32,
  x4Stride: u32,
  place4: f32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 5u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> x0: array<vec4f>;
@group(0) @binding(3) var<storage, read> x1: array<vec4f>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read> x3: array<vec4f>;
@group(0) @binding(6) var<storage, read> x4: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> partial: array<f32>;

fn store(term: u32, index: u32, sum: f32, place: f32) {
  let columns = params.chunks * params.vectors;
  let start = (params.firstTerm + term) * (columns + 1u);
  partial[start + index] = sum;
  if (index == 0u) {
    partial[start + columns] = place;
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  var sum0 = 0.0;
  var sum1 = 0.0;
  var sum2 = 0.0;
  var sum3 = 0.0;
  var sum4 = 0.0;
  let start = (index / params.vectors) * params.chunkStart;
  let end = min(start + params.chunkSpan, params.rows);
  for (var row = start; row < end; row += params.rowStep) {
    let g = dy[params.dyOffset + row * params.dyStride + vector];
    sum0 += dot(g, x0[params.x0Offset + row * params.x0Stride + vector]);
    if (COUNT > 1u) {
      sum1 += dot(g, x1[params.x1Offset + row * params.x1Stride + vector]);
    }
    if (COUNT > 2u) {
      sum2 += dot(g, x2[params.x2Offset + row * params.x2Stride + vector]);
    }
    if (COUNT > 3u) {
      sum3 += dot(g, x3[params.x3Offset + row * params.x3Stride + vector]);
    }
    if (COUNT > 4u) {
      sum4 += dot(g, x4[params.x4Offset + row * params.x4Stride + vector]);
    }
  }
  store(0u, index, sum0, params.place0);
  if (COUNT > 1u) {
    store(1u, index, sum1, params.place1);
  }
  if (COUNT > 2u) {
    store(2u, index, sum2, params.place2);
  }
  if (COUNT > 3u) {
    store(3u, index, sum3, params.place3);
  }
  if (COUNT > 4u) {
    store(4u, index, sum4, params.place4);
  }
}
