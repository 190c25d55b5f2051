// What the summing pass of a mixed sum needs of every term: y += (x - mean) * scale + shift. Of a normalised term (below
// `normalised`) the chunks' statistics are merged (Chan, Golub and LeVeque 1983) into mean and biased variance, and
// scale = weight * gamma / sqrt(variance + epsilon), shift = weight * beta; any other term is x times its weight.
// Layout: partial is [normalised][chunks][2][vectors] (means, sums of squares); w is a row of scalars, one a term; gamma0,
// beta0, gamma1, beta1 are rows of vectors vec4s, of terms firstTerm and firstTerm + 1; statistics is a view of 2 *
// normalised rows, means then variances; factors is [terms][3][vectors]: mean, scale, shift. Without AFFINE gamma is 1 and
// beta 0. Bindings of unused gammas and betas repeat w.
// Grid: one invocation a (term, column).

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  channels: u32,
  normalised: u32,
  firstTerm: u32,
  terms: u32,
  wOffset: u32,
  gamma0Offset: u32,
  beta0Offset: u32,
  gamma1Offset: u32,
  beta1Offset: u32,
  statisticsOffset: u32,
  statisticsStride: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> gamma0: array<vec4f>;
@group(0) @binding(4) var<storage, read> beta0: array<vec4f>;
@group(0) @binding(5) var<storage, read> gamma1: array<vec4f>;
@group(0) @binding(6) var<storage, read> beta1: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> statistics: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> factors: array<vec4f>;

fn countOf(chunk: u32) -> f32 {
  return f32((params.rows - chunk + params.chunks - 1u) / params.chunks);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.terms * params.vectors) {
    return;
  }
  let vector = id.x % params.vectors;
  let offset = id.x / params.vectors;
  let term = params.firstTerm + offset;
  let weight = w[params.wOffset * 4u + term];
  var average = vec4f(0.0);
  var scale = vec4f(weight);
  var shift = vec4f(0.0);
  if (term < params.normalised) {
    let start = term * params.chunks * 2u * params.vectors + vector;
    let first = partial[start];
    var distance = vec4f(0.0);
    for (var chunk = 1u; chunk < params.chunks; chunk++) {
      distance += countOf(chunk) * (partial[start + chunk * 2u * params.vectors] - first);
    }
    average = first + distance / f32(params.rows);
    var squares = vec4f(0.0);
    for (var chunk = 0u; chunk < params.chunks; chunk++) {
      let difference = partial[start + chunk * 2u * params.vectors] - average;
      squares += partial[start + (chunk * 2u + 1u) * params.vectors] + countOf(chunk) * difference * difference;
    }
    let variance = squares / f32(params.rows);
    statistics[params.statisticsOffset + term * params.statisticsStride + vector] = average;
    statistics[params.statisticsOffset + (params.normalised + term) * params.statisticsStride + vector] = variance;
    // Padding lanes have no variance: without epsilon they would become infinite.
    let used = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.channels);
    scale *= select(vec4f(0.0), inverseSqrt(variance + params.epsilon), used);
    if (AFFINE) {
      if (offset == 0u) {
        scale *= gamma0[params.gamma0Offset + vector];
        shift = weight * beta0[params.beta0Offset + vector];
      } else {
        scale *= gamma1[params.gamma1Offset + vector];
        shift = weight * beta1[params.beta1Offset + vector];
      }
    }
  }
  let place = term * 3u * params.vectors + vector;
  factors[place] = average;
  factors[place + params.vectors] = scale;
  factors[place + 2u * params.vectors] = shift;
}
