// First of two stages of the gradient of batch norm: for each chunk of rows (chunk, chunk + chunks, ...) the sums
// per channel of dy and of dy * (x - mean). With RELU only over rows where (x - mean) * scale + beta > 0 with scale
// = gamma / sqrt(variance + epsilon), where the ReLU passes the gradient.
// Layout: dy and x are views of rows x vectors vec4s; mean, variance, gamma and beta are rows of vectors vec4s.
// partial is [chunks][2][vectors]. Without RELU only the mean is read; without AFFINE gamma is 1 and beta 0.
// Grid: one invocation per (chunk, column); workgroups in x, then y.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  dyOffset: u32,
  dyStride: u32,
  xOffset: u32,
  xStride: u32,
  meanOffset: u32,
  varianceOffset: u32,
  gammaOffset: u32,
  betaOffset: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;
const RELU: bool = false;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> mean: array<vec4f>;
@group(0) @binding(4) var<storage, read> variance: array<vec4f>;
@group(0) @binding(5) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(6) var<storage, read> beta: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> partial: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let chunk = index / params.vectors;
  let average = mean[params.meanOffset + vector];
  var scale: vec4f;
  var shift: vec4f;
  if (RELU) {
    scale = inverseSqrt(variance[params.varianceOffset + vector] + params.epsilon);
    if (AFFINE) {
      scale *= gamma[params.gammaOffset + vector];
      shift = beta[params.betaOffset + vector];
    }
  }
  var sum = vec4f(0.0);
  var products = vec4f(0.0);
  for (var row = chunk; row < params.rows; row += params.chunks) {
    let centred = x[params.xOffset + row * params.xStride + vector] - average;
    var g = dy[params.dyOffset + row * params.dyStride + vector];
    if (RELU) {
      g = select(vec4f(0.0), g, centred * scale + shift > vec4f(0.0));
    }
    sum += g;
    products += g * centred;
  }
  partial[chunk * 2u * params.vectors + vector] = sum;
  partial[(chunk * 2u + 1u) * params.vectors + vector] = products;
}
