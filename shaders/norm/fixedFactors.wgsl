// Factors of norm/normalise from given statistics: mean, scale = gamma / sqrt(variance + epsilon), shift = beta.
// Layout: mean, variance, gamma and beta are rows of vectors vec4s; factors is [3][vectors]. Without AFFINE gamma is
// 1 and beta 0, and their bindings repeat mean.
// Grid: one invocation per column.

struct Params {
  vectors: u32,
  meanOffset: u32,
  varianceOffset: u32,
  gammaOffset: u32,
  betaOffset: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read> variance: array<vec4f>;
@group(0) @binding(3) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(4) var<storage, read> beta: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> factors: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= params.vectors) {
    return;
  }
  var scale = inverseSqrt(variance[params.varianceOffset + vector] + params.epsilon);
  var shift = vec4f(0.0);
  if (AFFINE) {
    scale *= gamma[params.gammaOffset + vector];
    shift = beta[params.betaOffset + vector];
  }
  factors[vector] = mean[params.meanOffset + vector];
  factors[params.vectors + vector] = scale;
  factors[2u * params.vectors + vector] = shift;
}
