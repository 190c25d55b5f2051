// Whether each sample is classified correctly: its largest logit, the first of equal ones, is at its label.
// Layout: logits is a view of `samples` rows of `classes` channels; labels holds one word per sample, values that
// are no class mark empty positions. y has one vec4 per sample: 1 where correct, 1 (both 0 for an empty position),
// 0, 0.
// Grid: one invocation per sample; workgroups in x, then y.

struct Params {
  samples: u32,
  classes: u32,
  logitsOffset: u32,
  logitsStride: u32,
  labelsOffset: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let sample = id.y * groups.x * WORKGROUP + id.x;
  if (sample >= params.samples) {
    return;
  }
  let row = (params.logitsOffset + sample * params.logitsStride) * 4u;
  let label = labels[params.labelsOffset * 4u + sample];
  var best = logits[row];
  var winner = 0u;
  for (var k = 1u; k < params.classes; k++) {
    let value = logits[row + k];
    winner = select(winner, k, value > best);
    best = max(best, value);
  }
  let hit = select(0.0, 1.0, winner == label);
  y[sample] = select(vec4f(0.0), vec4f(hit, 1.0, 0.0, 0.0), label < params.classes);
}
