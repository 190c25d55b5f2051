// In-place update of running statistics: running = (1 - momentum) * running + momentum * batch, where the batch's
// variance is multiplied by correction = count / (count - 1), which makes it unbiased.
// Layout: all are rows of vectors vec4s.
// Grid: one invocation per vec4.

struct Params {
  vectors: u32,
  runningMeanOffset: u32,
  runningVarianceOffset: u32,
  meanOffset: u32,
  varianceOffset: u32,
  momentum: f32,
  correction: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read> variance: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> runningMean: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> runningVariance: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= params.vectors) {
    return;
  }
  let keep = 1.0 - params.momentum;
  let m = params.runningMeanOffset + vector;
  runningMean[m] = keep * runningMean[m] + params.momentum * mean[params.meanOffset + vector];
  let v = params.runningVarianceOffset + vector;
  let unbiased = params.correction * variance[params.varianceOffset + vector];
  runningVariance[v] = keep * runningVariance[v] + params.momentum * unbiased;
}
