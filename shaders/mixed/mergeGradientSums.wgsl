// Second stage of the sums behind a mixed sum's gradients: row 0 the sum of dy; row 1 + t the sum of dy * xhat of a
// normalised term (t below `normalised`), xhat = (x - mean) / sqrt(variance + epsilon), or of dy * x of any other.
// Layout: partial is [1 + 2 * terms][chunks][vectors]: sums of dy, then of every term the chunks' first rows and sums of
// dy * (x - first row); statistics is a view of 2 * normalised rows, means then variances; sums a view of 1 + terms rows.
// Grid: one invocation a vec4 of sums.

struct Params {
  chunks: u32,
  vectors: u32,
  channels: u32,
  terms: u32,
  normalised: u32,
  statisticsOffset: u32,
  statisticsStride: u32,
  sumsOffset: u32,
  sumsStride: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= (1u + params.terms) * params.vectors) {
    return;
  }
  let vector = id.x % params.vectors;
  let row = id.x / params.vectors;
  var sum = vec4f(0.0);
  if (row == 0u) {
    for (var chunk = 0u; chunk < params.chunks; chunk++) {
      sum += partial[chunk * params.vectors + vector];
    }
  } else {
    let term = row - 1u;
    let normalised = term < params.normalised;
    var mean = vec4f(0.0);
    var inverse = vec4f(1.0);
    if (normalised) {
      mean = statistics[params.statisticsOffset + term * params.statisticsStride + vector];
      let place = params.statisticsOffset + (params.normalised + term) * params.statisticsStride + vector;
      // Padding lanes have no variance: without epsilon they would become infinite.
      let used = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.channels);
      inverse = select(vec4f(0.0), inverseSqrt(statistics[place] + params.epsilon), used);
    }
    let columns = params.chunks * params.vectors;
    let start = (1u + 2u * term) * columns;
    for (var place = vector; place < columns; place += params.vectors) {
      sum += partial[start + columns + place] + (partial[start + place] - mean) * partial[place];
    }
    sum *= inverse;
  }
  sums[params.sumsOffset + row * params.sumsStride + vector] = sum;
}
