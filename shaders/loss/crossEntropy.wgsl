// Softmax cross entropy of each sample with label smoothing (Szegedy et al. 2016, section 7): with log p_k = x_k -
// logsumexp(x), loss = -(1 - smoothing) * log p_label - smoothing / classes * sum_k log p_k.
// Layout: logits is a view of `samples` rows of `classes` channels; labels holds one word per sample, values that
// are no class mark empty positions. y has one vec4 per sample: loss, 1 (both 0 for an empty position), 0, 0.
// Grid: one invocation per sample; workgroups in x, then y.

struct Params {
  samples: u32,
  classes: u32,
  logitsOffset: u32,
  logitsStride: u32,
  labelsOffset: u32,
  smoothing: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<vec4f>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn used(vector: u32) -> vec4<bool> {
  return vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.classes);
}

fn lanes(v: vec4f) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let sample = id.y * groups.x * WORKGROUP + id.x;
  if (sample >= params.samples) {
    return;
  }
  let label = labels[params.labelsOffset * 4u + sample];
  if (label >= params.classes) {
    y[sample] = vec4f(0.0);
    return;
  }
  let vectors = (params.classes + 3u) / 4u;
  let row = params.logitsOffset + sample * params.logitsStride;
  var largest = vec4f(-3.402823466e38);
  for (var v = 0u; v < vectors; v++) {
    largest = select(largest, max(largest, logits[row + v]), used(v));
  }
  let top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  var exponentials = vec4f(0.0);
  var distances = vec4f(0.0);
  var chosen = vec4f(0.0);
  for (var v = 0u; v < vectors; v++) {
    let distance = select(vec4f(0.0), logits[row + v] - top, used(v));
    exponentials += select(vec4f(0.0), exp(distance), used(v));
    distances += distance;
    chosen += select(vec4f(0.0), distance, vec4u(0u, 1u, 2u, 3u) + vec4u(v * 4u) == vec4u(label));
  }
  let logTotal = log(lanes(exponentials));
  let evenLoss = logTotal - lanes(distances) / f32(params.classes);
  let loss = (1.0 - params.smoothing) * (logTotal - lanes(chosen)) + params.smoothing * evenLoss;
  y[sample] = vec4f(loss, 1.0, 0.0, 0.0);
}
