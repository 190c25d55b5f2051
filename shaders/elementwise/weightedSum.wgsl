// Sum of up to five values, y = (accumulate ? y : 0) + sum_i w_i * x_i; without WEIGHTED all w_i are 1. With w the
// softmax of architecture parameters it is the mixed operation of DARTS (Liu et al. 2019, eq. 2). Inputs whose
// weight is zero are not read, so that they may be uninitialised.
// Layout: x0 to x4 and y are views of rows x vectors vec4s; w is an array of scalars, w_i = w[w<i>Index]. COUNT is
// the number of inputs, or 5 for 4 inputs. Bindings of unused inputs repeat a used one.
// Grid: one invocation per vec4; workgroups in x, then y. Loops of at most one iteration are branches that software
// drivers execute only where a lane needs them.

struct Params {
  rows: u32,
  vectors: u32,
  yOffset: u32,
  yStride: u32,
  x0Offset: u32,
  x0Stride: u32,
  w0Index: u32,
  x1Offset: u32,
  x1Stride: u32,
  w1Index: u32,
  x2Offset: u32,
  x2Stride: u32,
  w2Index: u32,
  x3Offset: u32,
  x3Stride: u32,
  w3Index: u32,
  x4Offset: u32,
  x4Stride: u32,
  w4Index: u32,
  accumulate: u32,
  count: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 5u;
const WEIGHTED: bool = true;
// Element type of all values; sums are computed in f32.
alias Element = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x0: array<vec4<Element>>;
@group(0) @binding(2) var<storage, read> x1: array<vec4<Element>>;
@group(0) @binding(3) var<storage, read> x2: array<vec4<Element>>;
@group(0) @binding(4) var<storage, read> x3: array<vec4<Element>>;
@group(0) @binding(5) var<storage, read> x4: array<vec4<Element>>;
@group(0) @binding(6) var<storage, read> w: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4<Element>>;

fn weight(index: u32) -> f32 {
  if (WEIGHTED) {
    return w[index];
  }
  return 1.0;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let place = params.yOffset + row * params.yStride + vector;
  var sum = vec4f(0.0);
  if (params.accumulate != 0u) {
    sum = vec4f(y[place]);
  }
  let weight0 = weight(params.w0Index);
  for (var turn = select(0u, 1u, weight0 != 0.0); turn > 0u; turn--) {
    sum += weight0 * vec4f(x0[params.x0Offset + row * params.x0Stride + vector]);
  }
  if (COUNT > 1u) {
    let weight1 = weight(params.w1Index);
    for (var turn = select(0u, 1u, weight1 != 0.0); turn > 0u; turn--) {
      sum += weight1 * vec4f(x1[params.x1Offset + row * params.x1Stride + vector]);
    }
  }
  if (COUNT > 2u) {
    let weight2 = weight(params.w2Index);
    for (var turn = select(0u, 1u, weight2 != 0.0); turn > 0u; turn--) {
      sum += weight2 * vec4f(x2[params.x2Offset + row * params.x2Stride + vector]);
    }
  }
  if (COUNT > 3u) {
    let weight3 = weight(params.w3Index);
    for (var turn = select(0u, 1u, weight3 != 0.0); turn > 0u; turn--) {
      sum += weight3 * vec4f(x3[params.x3Offset + row * params.x3Stride + vector]);
    }
  }
  if (COUNT > 4u) {
    let weight4 = weight(params.w4Index);
    for (var turn = select(0u, 1u, weight4 != 0.0 && params.count > 4u); turn > 0u; turn--) {
      sum += weight4 * vec4f(x4[params.x4Offset + row * params.x4Stride + vector]);
    }
  }
  y[place] = vec4<Element>(sum);
}
