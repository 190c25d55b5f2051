// Gradient of the softmax cross entropy: dlogits_k = dloss * weight * (softmax(logits)_k - (1 - smoothing) * [k =
// label] - smoothing / classes), zero for empty positions.
// Layout: logits and dlogits are views of `samples` rows of `classes` channels; labels holds one word per sample;
// dloss and weight are scalars.
// Grid: one invocation per sample; workgroups in x, then y.

struct Params {
  samples: u32,
  classes: u32,
  logitsOffset: u32,
  logitsStride: u32,
  labelsOffset: u32,
  dlossOffset: u32,
  weightOffset: u32,
  dlogitsOffset: u32,
  dlogitsStride: u32,
  smoothing: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dloss: array<vec4f>;
@group(0) @binding(2) var<storage, read> logits: array<vec4f>;
@group(0) @binding(3) var<storage, read> labels: array<u32>;
@group(0) @binding(4) var<storage, read> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dlogits: array<vec4f>;

fn used(vector: u32) -> vec4<bool> {
  return vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.classes);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let sample = id.y * groups.x * WORKGROUP + id.x;
  if (sample >= params.samples) {
    return;
  }
  let label = labels[params.labelsOffset * 4u + sample];
  let vectors = (params.classes + 3u) / 4u;
  let row = params.logitsOffset + sample * params.logitsStride;
  let to = params.dlogitsOffset + sample * params.dlogitsStride;
  var largest = vec4f(-3.402823466e38);
  for (var v = 0u; v < vectors; v++) {
    largest = select(largest, max(largest, logits[row + v]), used(v));
  }
  let top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  var sums = vec4f(0.0);
  for (var v = 0u; v < vectors; v++) {
    sums += select(vec4f(0.0), exp(logits[row + v] - top), used(v));
  }
  let total = (sums.x + sums.y) + (sums.z + sums.w);
  let factor = select(0.0, dloss[params.dlossOffset].x * weight[params.weightOffset].x, label < params.classes);
  let even = vec4f(params.smoothing / f32(params.classes));
  for (var v = 0u; v < vectors; v++) {
    let isLabel = vec4u(0u, 1u, 2u, 3u) + vec4u(v * 4u) == vec4u(label);
    let wanted = select(even, even + vec4f(1.0 - params.smoothing), isLabel);
    let value = factor * (exp(logits[row + v] - top) / total - wanted);
    dlogits[to + v] = select(vec4f(0.0), value, used(v));
  }
}
