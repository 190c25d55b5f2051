// First of two stages of the sums behind a mixed sum's gradients: of every chunk of rows (chunk, chunk + chunks, ...) the
// sum of dy and, of term firstTerm + i, its first row and the sum of dy * (x - first row), channel by channel. Distances
// from a row of the chunk stand for distances from the mean, which the second stage knows.
// Layout: dy, x0..x5 are views of rows x vectors vec4s. partial is [1 + 2 * terms][chunks][vectors]: sums of dy (by the call
// whose firstTerm is 0), then first rows and products of every term. Bindings of unused values repeat a used one.
// Grid: one invocation a (chunk, column), folded into x and y.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  firstTerm: u32,
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
  x4Offset: u32,
  x4Stride: u32,
  x5Offset: u32,
  x5Stride: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 6u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> x0: array<vec4f>;
@group(0) @binding(3) var<storage, read> x1: array<vec4f>;
@group(0) @binding(4) var<storage, read> x2: array<vec4f>;
@group(0) @binding(5) var<storage, read> x3: array<vec4f>;
@group(0) @binding(6) var<storage, read> x4: array<vec4f>;
@group(0) @binding(7) var<storage, read> x5: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> partial: array<vec4f>;

fn store(term: u32, index: u32, first: vec4f, products: vec4f) {
  let columns = params.chunks * params.vectors;
  let place = (1u + 2u * (params.firstTerm + term)) * columns + index;
  partial[place] = first;
  partial[place + columns] = products;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let chunk = index / params.vectors;
  var sum = dy[params.dyOffset + chunk * params.dyStride + vector];
  let first0 = x0[params.x0Offset + chunk * params.x0Stride + vector];
  var products0 = vec4f(0.0);
  var first1 = vec4f(0.0);
  var products1 = vec4f(0.0);
  var first2 = vec4f(0.0);
  var products2 = vec4f(0.0);
  var first3 = vec4f(0.0);
  var products3 = vec4f(0.0);
  var first4 = vec4f(0.0);
  var products4 = vec4f(0.0);
  var first5 = vec4f(0.0);
  var products5 = vec4f(0.0);
  if (COUNT > 1u) {
    first1 = x1[params.x1Offset + chunk * params.x1Stride + vector];
  }
  if (COUNT > 2u) {
    first2 = x2[params.x2Offset + chunk * params.x2Stride + vector];
  }
  if (COUNT > 3u) {
    first3 = x3[params.x3Offset + chunk * params.x3Stride + vector];
  }
  if (COUNT > 4u) {
    first4 = x4[params.x4Offset + chunk * params.x4Stride + vector];
  }
  if (COUNT > 5u) {
    first5 = x5[params.x5Offset + chunk * params.x5Stride + vector];
  }
  for (var row = chunk + params.chunks; row < params.rows; row += params.chunks) {
    let g = dy[params.dyOffset + row * params.dyStride + vector];
    sum += g;
    products0 += g * (x0[params.x0Offset + row * params.x0Stride + vector] - first0);
    if (COUNT > 1u) {
      products1 += g * (x1[params.x1Offset + row * params.x1Stride + vector] - first1);
    }
    if (COUNT > 2u) {
      products2 += g * (x2[params.x2Offset + row * params.x2Stride + vector] - first2);
    }
    if (COUNT > 3u) {
      products3 += g * (x3[params.x3Offset + row * params.x3Stride + vector] - first3);
    }
    if (COUNT > 4u) {
      products4 += g * (x4[params.x4Offset + row * params.x4Stride + vector] - first4);
    }
    if (COUNT > 5u) {
      products5 += g * (x5[params.x5Offset + row * params.x5Stride + vector] - first5);
    }
  }
  if (params.firstTerm == 0u) {
    partial[index] = sum;
  }
  store(0u, index, first0, products0);
  if (COUNT > 1u) {
    store(1u, index, first1, products1);
  }
  if (COUNT > 2u) {
    store(2u, index, first2, products2);
  }
  if (COUNT > 3u) {
    store(3u, index, first3, products3);
  }
  if (COUNT > 4u) {
    store(4u, index, first4, products4);
  }
  if (COUNT > 5u) {
    store(5u, index, first5, products5);
  }
}
