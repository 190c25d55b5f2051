// Factors of mixed/stackGradient for each slot: d(candidate) = sum over the edges e of a[e] * dy[e] + b * (x - mean)
// + c (Ioffe and Szegedy 2015, section 3, for the sum of the gradients of the edges). With r = 1 / sqrt(variance +
// epsilon) and the entry's weight: a = weight * gamma * r, b = -a * r * r * sum(dy * (x - mean)) / rows, c = -a *
// sum(dy) / rows, b and c summed over the edges; a slot that is not normalised has a = weight only. The last slot is
// the skip connection. Closed entries add nothing, whatever the statistics of a slot that is not read.
// Layout: sums is a view of rows of vectors vec4s, in the order of mixed/edgeSums; w and entries are those of
// mixed/plan; mean, variance and gamma are rows of normalised * vectors vec4s. factors is [slots + 1][3 +
// edges][vectors]: mean, b, c, and a of each edge. Without AFFINE gamma is 1 and its binding repeats mean.
// Grid: one invocation per (slot, column).

struct Params {
  rows: u32,
  vectors: u32,
  edges: u32,
  width: u32,
  count: u32,
  slots: u32,
  normalised: u32,
  sumsOffset: u32,
  sumsStride: u32,
  wOffset: u32,
  entriesOffset: u32,
  meanOffset: u32,
  varianceOffset: u32,
  gammaOffset: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<u32>;
@group(0) @binding(4) var<storage, read> mean: array<vec4f>;
@group(0) @binding(5) var<storage, read> variance: array<vec4f>;
@group(0) @binding(6) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> factors: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= (params.slots + 1u) * params.vectors) {
    return;
  }
  let vector = id.x % params.vectors;
  let slot = id.x / params.vectors;
  let isNormalised = slot < params.normalised;
  var average = vec4f(0.0);
  var inverse = vec4f(1.0);
  var factor = vec4f(1.0);
  if (isNormalised) {
    let place = slot * params.vectors + vector;
    average = mean[params.meanOffset + place];
    inverse = inverseSqrt(variance[params.varianceOffset + place] + params.epsilon);
    factor = inverse;
    if (AFFINE) {
      factor *= gamma[params.gammaOffset + place];
    }
  }
  let start = slot * (3u + params.edges) * params.vectors + vector;
  let slotted = params.edges * params.width;
  var b = vec4f(0.0);
  var c = vec4f(0.0);
  for (var edge = 0u; edge < params.edges; edge++) {
    var a = vec4f(0.0);
    for (var j = 0u; j < params.width; j++) {
      let entry = edge * params.width + j;
      let weight = w[params.wOffset * 4u + entry];
      if (weight != 0.0 && entries[params.entriesOffset * 4u + entry] == slot) {
        let products = sums[params.sumsOffset + entry * params.sumsStride + vector];
        let scale = weight * factor;
        a += scale;
        b -= scale * inverse * inverse * products;
      }
    }
    if (slot == params.slots && params.count > slotted) {
      a = vec4f(w[params.wOffset * 4u + slotted + edge]);
    }
    c -= a * sums[params.sumsOffset + (params.count + edge) * params.sumsStride + vector];
    factors[start + (3u + edge) * params.vectors] = a;
  }
  let share = select(0.0, 1.0 / f32(params.rows), isNormalised);
  factors[start] = average;
  factors[start + params.vectors] = share * b;
  factors[start + 2u * params.vectors] = share * c;
}
