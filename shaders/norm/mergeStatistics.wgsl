// Second stage of batch statistics: merges the chunks (Chan, Golub and LeVeque 1983) into the mean and the biased
// variance of each channel, and writes the factors of norm/normalise: mean, scale = gamma / sqrt(variance +
// epsilon), shift = beta.
// Layout: partial is [chunks][2][vectors] (means, sums of squared deviations); gamma, beta, mean and variance are
// rows of vectors vec4s; factors is [3][vectors]. Unless affine, gamma is 1 and beta 0, and their bindings repeat
// partial.
// Grid: one invocation per column.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  gammaOffset: u32,
  betaOffset: u32,
  meanOffset: u32,
  varianceOffset: u32,
  epsilon: f32,
  affine: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(3) var<storage, read> beta: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> variance: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> factors: array<vec4f>;

fn countOf(chunk: u32) -> f32 {
  return f32((params.rows - chunk + params.chunks - 1u) / params.chunks);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= params.vectors) {
    return;
  }
  let first = partial[vector];
  var distance = vec4f(0.0);
  for (var chunk = 1u; chunk < params.chunks; chunk++) {
    distance += countOf(chunk) * (partial[chunk * 2u * params.vectors + vector] - first);
  }
  let average = first + distance / f32(params.rows);
  var squares = vec4f(0.0);
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    let difference = partial[chunk * 2u * params.vectors + vector] - average;
    squares += partial[(chunk * 2u + 1u) * params.vectors + vector] + countOf(chunk) * difference * difference;
  }
  let spread = squares / f32(params.rows);
  mean[params.meanOffset + vector] = average;
  variance[params.varianceOffset + vector] = spread;
  var scale = inverseSqrt(spread + params.epsilon);
  var shift = vec4f(0.0);
  if (params.affine != 0u) {
    scale *= gamma[params.gammaOffset + vector];
    shift = beta[params.betaOffset + vector];
  }
  factors[vector] = average;
  factors[params.vectors + vector] = scale;
  factors[2u * params.vectors + vector] = shift;
}
