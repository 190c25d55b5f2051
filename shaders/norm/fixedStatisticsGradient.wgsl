// Gradients of batch norm by given statistics, from those by gamma and beta: with r = 1 / sqrt(variance + epsilon),
// dmean = -gamma * r * dbeta and dvariance = -gamma * r * r * dgamma / 2.
// Layout: all are rows of vectors vec4s. Without AFFINE gamma is 1 and its binding repeats variance.
// Grid: one invocation per vec4.

struct Params {
  vectors: u32,
  varianceOffset: u32,
  gammaOffset: u32,
  dgammaOffset: u32,
  dbetaOffset: u32,
  dmeanOffset: u32,
  dvarianceOffset: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> variance: array<vec4f>;
@group(0) @binding(2) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(3) var<storage, read> dgamma: array<vec4f>;
@group(0) @binding(4) var<storage, read> dbeta: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dmean: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dvariance: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= params.vectors) {
    return;
  }
  let inverse = inverseSqrt(variance[params.varianceOffset + vector] + params.epsilon);
  var scale = inverse;
  if (AFFINE) {
    scale *= gamma[params.gammaOffset + vector];
  }
  dmean[params.dmeanOffset + vector] = -scale * dbeta[params.dbetaOffset + vector];
  dvariance[params.dvarianceOffset + vector] = -0.5 * scale * inverse * dgamma[params.dgammaOffset + vector];
}
