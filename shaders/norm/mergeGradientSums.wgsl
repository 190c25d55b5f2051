// Second stage of the gradient of batch norm: dbeta = sum(dy), dgamma = sum(dy * xhat), and the factors of dx = a *
// dy + (b * (x - mean) + c) (Ioffe and Szegedy 2015, section 3): with r = 1 / sqrt(variance + epsilon), a = gamma *
// r, b = -a * r * dgamma / rows, c = -a * dbeta / rows; for given statistics (not TRAINING) b = c = 0.
// Layout: partial is [chunks][2][vectors]; mean, variance, gamma, dgamma and dbeta are rows of vectors vec4s;
// factors is [4][vectors]: mean, a, b, c. Unless affine, gamma is 1 and its binding repeats mean.
// Grid: one invocation per column.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  meanOffset: u32,
  varianceOffset: u32,
  gammaOffset: u32,
  dgammaOffset: u32,
  dbetaOffset: u32,
  epsilon: f32,
  affine: u32,
}

const WORKGROUP: u32 = 64u;
const TRAINING: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read> variance: array<vec4f>;
@group(0) @binding(4) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dgamma: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dbeta: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> factors: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= params.vectors) {
    return;
  }
  var sum = vec4f(0.0);
  var products = vec4f(0.0);
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    sum += partial[chunk * 2u * params.vectors + vector];
    products += partial[(chunk * 2u + 1u) * params.vectors + vector];
  }
  let inverse = inverseSqrt(variance[params.varianceOffset + vector] + params.epsilon);
  products *= inverse;
  dgamma[params.dgammaOffset + vector] = products;
  dbeta[params.dbetaOffset + vector] = sum;
  var a = inverse;
  if (params.affine != 0u) {
    a *= gamma[params.gammaOffset + vector];
  }
  factors[vector] = mean[params.meanOffset + vector];
  factors[params.vectors + vector] = a;
  if (TRAINING) {
    factors[2u * params.vectors + vector] = -a * inverse * products / f32(params.rows);
    factors[3u * params.vectors + vector] = -a * sum / f32(params.rows);
  } else {
    factors[2u * params.vectors + vector] = vec4f(0.0);
    factors[3u * params.vectors + vector] = vec4f(0.0);
  }
}
