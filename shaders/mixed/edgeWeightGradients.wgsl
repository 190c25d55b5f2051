// Gradient of mixed edges by the weights: for a normalised entry the sum over channels of gamma * r * sum(dy * (x -
// mean)) + beta * sum(dy) with r = 1 / sqrt(variance + epsilon), for another the sum over channels of sum(dy * x),
// for a closed one zero.
// Layout: sums is a view of rows of vectors vec4s, in the order of mixed/edgeSums; plan is that of mixed/plan;
// variance, gamma and beta are rows of normalised * vectors vec4s; dw is a row of scalars, one per entry, whose
// padding is written as zero. Without AFFINE gamma is 1 and beta 0, and their bindings repeat variance.
// Grid: one invocation per element of dw, padding included.

struct Params {
  vectors: u32,
  edges: u32,
  width: u32,
  count: u32,
  padded: u32,
  slots: u32,
  normalised: u32,
  sumsOffset: u32,
  sumsStride: u32,
  wOffset: u32,
  entriesOffset: u32,
  varianceOffset: u32,
  gammaOffset: u32,
  betaOffset: u32,
  dwOffset: u32,
  epsilon: f32,
}

const WORKGROUP: u32 = 64u;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<u32>;
@group(0) @binding(4) var<storage, read> variance: array<vec4f>;
@group(0) @binding(5) var<storage, read> gamma: array<vec4f>;
@group(0) @binding(6) var<storage, read> beta: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dw: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let entry = id.x;
  if (entry >= params.padded) {
    return;
  }
  let slotted = params.edges * params.width;
  var slot = params.slots;
  var isOpen = entry < params.count;
  if (isOpen) {
    isOpen = w[params.wOffset * 4u + entry] != 0.0;
  }
  if (isOpen && entry < slotted) {
    slot = entries[params.entriesOffset * 4u + entry];
    isOpen = slot < params.slots;
  }
  var total = vec4f(0.0);
  if (isOpen) {
    for (var vector = 0u; vector < params.vectors; vector++) {
      var products = sums[params.sumsOffset + entry * params.sumsStride + vector];
      if (slot < params.normalised) {
        let place = slot * params.vectors + vector;
        products *= inverseSqrt(variance[params.varianceOffset + place] + params.epsilon);
        if (AFFINE) {
          let edge = params.count + entry / params.width;
          let sum = sums[params.sumsOffset + edge * params.sumsStride + vector];
          products = gamma[params.gammaOffset + place] * products + beta[params.betaOffset + place] * sum;
        }
      }
      total += products;
    }
  }
  dw[params.dwOffset * 4u + entry] = total.x + total.y + total.z + total.w;
}
