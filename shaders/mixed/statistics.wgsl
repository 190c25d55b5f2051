// First of two stages of the batch statistics of up to six values: of term firstTerm + i and every chunk of rows (chunk,
// chunk + chunks, ...) the mean of each channel and the sum of squared distances from it. Sums are taken of distances from
// the chunk's first row, so that a mean that is large beside the deviation costs no digits.
// Layout: x0..x5 are views of rows x vectors vec4s. partial is [terms][chunks][2][vectors]: means, sums of squares. Bindings
// of unused values repeat a used one.
// Grid: one invocation a (chunk, column), folded into x and y.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  firstTerm: u32,
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
@group(0) @binding(1) var<storage, read> x0: array<vec4f>;
@group(0) @binding(2) var<storage, read> x1: array<vec4f>;
@group(0) @binding(3) var<storage, read> x2: array<vec4f>;
@group(0) @binding(4) var<storage, read> x3: array<vec4f>;
@group(0) @binding(5) var<storage, read> x4: array<vec4f>;
@group(0) @binding(6) var<storage, read> x5: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> partial: array<vec4f>;

fn store(term: u32, chunk: u32, vector: u32, first: vec4f, sum: vec4f, squares: vec4f) {
  let count = f32((params.rows - chunk + params.chunks - 1u) / params.chunks);
  let place = ((params.firstTerm + term) * params.chunks + chunk) * 2u * params.vectors + vector;
  partial[place] = first + sum / count;
  partial[place + params.vectors] = max(squares - sum * sum / count, vec4f(0.0));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let chunk = index / params.vectors;
  let first0 = x0[params.x0Offset + chunk * params.x0Stride + vector];
  var sum0 = vec4f(0.0);
  var squares0 = vec4f(0.0);
  var first1 = vec4f(0.0);
  var sum1 = vec4f(0.0);
  var squares1 = vec4f(0.0);
  var first2 = vec4f(0.0);
  var sum2 = vec4f(0.0);
  var squares2 = vec4f(0.0);
  var first3 = vec4f(0.0);
  var sum3 = vec4f(0.0);
  var squares3 = vec4f(0.0);
  var first4 = vec4f(0.0);
  var sum4 = vec4f(0.0);
  var squares4 = vec4f(0.0);
  var first5 = vec4f(0.0);
  var sum5 = vec4f(0.0);
  var squares5 = vec4f(0.0);
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
    let distance0 = x0[params.x0Offset + row * params.x0Stride + vector] - first0;
    sum0 += distance0;
    squares0 += distance0 * distance0;
    if (COUNT > 1u) {
      let distance1 = x1[params.x1Offset + row * params.x1Stride + vector] - first1;
      sum1 += distance1;
      squares1 += distance1 * distance1;
    }
    if (COUNT > 2u) {
      let distance2 = x2[params.x2Offset + row * params.x2Stride + vector] - first2;
      sum2 += distance2;
      squares2 += distance2 * distance2;
    }
    if (COUNT > 3u) {
      let distance3 = x3[params.x3Offset + row * params.x3Stride + vector] - first3;
      sum3 += distance3;
      squares3 += distance3 * distance3;
    }
    if (COUNT > 4u) {
      let distance4 = x4[params.x4Offset + row * params.x4Stride + vector] - first4;
      sum4 += distance4;
      squares4 += distance4 * distance4;
    }
    if (COUNT > 5u) {
      let distance5 = x5[params.x5Offset + row * params.x5Stride + vector] - first5;
      sum5 += distance5;
      squares5 += distance5 * distance5;
    }
  }
  store(0u, chunk, vector, first0, sum0, squares0);
  if (COUNT > 1u) {
    store(1u, chunk, vector, first1, sum1, squares1);
  }
  if (COUNT > 2u) {
    store(2u, chunk, vector, first2, sum2, squares2);
  }
  if (COUNT > 3u) {
    store(3u, chunk, vector, first3, sum3, squares3);
  }
  if (COUNT > 4u) {
    store(4u, chunk, vector, first4, sum4, squares4);
  }
  if (COUNT > 5u) {
    store(5u, chunk, vector, first5, sum5, squares5);
  }
}
