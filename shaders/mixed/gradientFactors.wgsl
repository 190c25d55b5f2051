// What the pass over the inputs' gradients needs of every normalised term of a mixed sum: dx = a * dy + (b * (x - mean) + c).
// With r = 1 / sqrt(variance + epsilon): a = weight * gamma * r, b = -a * r * sum(dy * xhat) / rows, c = -a * sum(dy) / rows
// (Ioffe and Szegedy 2015, section 3). With STATISTICS the gradients of mean and variance are added: dmean / rows to c,
// 2 * dvariance / rows to b.
// Layout: sums is a view of rows: sum(dy), then sum(dy * xhat) of every term; statistics and dstatistics are views of
// 2 * normalised rows, of means then of variances; w is a row of scalars, one a term; gamma0, gamma1, gamma2 are rows of
// vectors vec4s, of terms firstTerm and on; factors is [normalised][4][vectors]: mean, a, b, c. Without AFFINE gamma is 1.
// Bindings of unused gammas repeat sums, that of dstatistics statistics.
// Grid: one invocation a (term, column).

struct Params {
  rows: u32,
  vectors: u32,
  channels: u32,
  normalised: u32,
  firstTerm: u32,
  terms: u32,
  sumsOffset: u32,
  sumsStride: u32,
  statisticsOffset: u32,
  statisticsStride: u32,
  dstatisticsOffset: u32,
  dstatisticsStride: u32,
  wOffset: u32,
  gamma0Offset: u32,
  gamma1Offset: u32,
  gamma2Offset: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;
const AFFINE: bool = true;
const STATISTICS: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(3) var<storage, read> dstatistics: array<vec4f>;
@group(0) @binding(4) var<storage, read> w: array<f32>;
@group(0) @binding(5) var<storage, read> gamma0: array<vec4f>;
@group(0) @binding(6) var<storage, read> gamma1: array<vec4f>;
@group(0) @binding(7) var<storage, read> gamma2: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> factors: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.terms * params.vectors) {
    return;
  }
  let vector = id.x % params.vectors;
  let offset = id.x / params.vectors;
  let term = params.firstTerm + offset;
  let row = term * params.statisticsStride + vector;
  let mean = statistics[params.statisticsOffset + row];
  let variance = statistics[params.statisticsOffset + params.normalised * params.statisticsStride + row];
  // Padding lanes have no variance: without epsilon they would become infinite.
  let used = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.channels);
  let inverse = select(vec4f(0.0), inverseSqrt(variance + params.epsilon), used);
  var a = w[params.wOffset * 4u + term] * inverse;
  if (AFFINE) {
    if (offset == 0u) {
      a *= gamma0[params.gamma0Offset + vector];
    } else if (offset == 1u) {
      a *= gamma1[params.gamma1Offset + vector];
    } else {
      a *= gamma2[params.gamma2Offset + vector];
    }
  }
  let products = sums[params.sumsOffset + (1u + term) * params.sumsStride + vector];
  var b = -a * inverse * products / f32(params.rows);
  var c = -a * sums[params.sumsOffset + vector] / f32(params.rows);
  if (STATISTICS) {
    let dRow = params.dstatisticsOffset + term * params.dstatisticsStride + vector;
    b += 2.0 * dstatistics[dRow + params.normalised * params.dstatisticsStride] / f32(params.rows);
    c += dstatistics[dRow] / f32(params.rows);
  }
  let place = term * 4u * params.vectors + vector;
  factors[place] = mean;
  factors[place + params.vectors] = a;
  factors[place + 2u * params.vectors] = b;
  factors[place + 3u * params.vectors] = c;
}
