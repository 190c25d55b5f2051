// Matrix product of each item of a batch: y = a b, with TRANSPOSE_A a^T b, with TRANSPOSE_B a b^T.
// Layout: a, b and y are views of batch x rows of vec4s, with aRows, bRows and yRows rows per item.
// Grid: one invocation per (row of y, column of vec4s); workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  inner: u32,
  outputs: u32,
  aRows: u32,
  bRows: u32,
  yRows: u32,
  aOffset: u32,
  aStride: u32,
  bOffset: u32,
  bStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const TRANSPOSE_A: bool = false;
const TRANSPOSE_B: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn left(item: u32, row: u32, k: u32) -> f32 {
  if (TRANSPOSE_A) {
    return a[params.aOffset + (item * params.aRows + k) * params.aStride + row / 4u][row % 4u];
  }
  return a[params.aOffset + (item * params.aRows + row) * params.aStride + k / 4u][k % 4u];
}

// Columns 4 * vector to 4 * vector + 3 of row k of the right factor; zeros beyond the last column.
fn right(item: u32, k: u32, vector: u32) -> vec4f {
  if (TRANSPOSE_B) {
    var result = vec4f(0.0);
    for (var lane = 0u; lane < 4u; lane += 1u) {
      let column = vector * 4u + lane;
      if (column < params.outputs) {
        result[lane] = b[params.bOffset + (item * params.bRows + column) * params.bStride + k / 4u][k % 4u];
      }
    }
    return result;
  }
  return b[params.bOffset + (item * params.bRows + k) * params.bStride + vector];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let item = row / params.yRows;
  var sum = vec4f(0.0);
  for (var k = 0u; k < params.inner; k += 1u) {
    sum += left(item, row % params.yRows, k) * right(item, k, vector);
  }
  y[params.yOffset + row * params.yStride + vector] = sum;
}
