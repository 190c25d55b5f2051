// Gradients of mixed edges by gamma and beta of the normalised slots: with r = 1 / sqrt(variance + epsilon), dgamma
// = sum over the edges of weight * r * sum(dy * (x - mean)), dbeta = sum over the edges of weight * sum(dy). Closed
// entries add nothing.
// Layout: sums is a view of rows of vectors vec4s, in the order of mixed/edgeSums; w and entries are those of
// mixed/plan; variance, dgamma and dbeta are rows of normalised * vectors vec4s.
// Grid: one invocation per (slot, column).

struct Params {
  vectors: u32,
  edges: u32,
  width: u32,
  count: u32,
  normalised: u32,
  sumsOffset: u32,
  sumsStride: u32,
  wOffset: u32,
  entriesOffset: u32,
  varianceOffset: u32,
  dgammaOffset: u32,
  dbetaOffset: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<u32>;
@group(0) @binding(4) var<storage, read> variance: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dgamma: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dbeta: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.normalised * params.vectors) {
    return;
  }
  let vector = id.x % params.vectors;
  let slot = id.x / params.vectors;
  let inverse = inverseSqrt(variance[params.varianceOffset + id.x] + params.epsilon);
  var scaled = vec4f(0.0);
  var shifted = vec4f(0.0);
  for (var entry = 0u; entry < params.edges * params.width; entry++) {
    let weight = w[params.wOffset * 4u + entry];
    if (weight != 0.0 && entries[params.entriesOffset * 4u + entry] == slot) {
      let edge = params.count + entry / params.width;
      scaled += weight * inverse * sums[params.sumsOffset + entry * params.sumsStride + vector];
      shifted += weight * sums[params.sumsOffset + edge * params.sumsStride + vector];
    }
  }
  dgamma[params.dgammaOffset + id.x] = scaled;
  dbeta[params.dbetaOffset + id.x] = shifted;
}
