// One step of stochastic gradient descent with momentum (Sutskever et al. 2013) and weight decay added to the
// gradient:
//   g = scale * gradient + weightDecay * parameters;  velocity = momentum * velocity + g;
//   parameters -= learningRate * (NESTEROV ? g + momentum * velocity : velocity).
// Layout: parameters, velocity and gradient are contiguous vec4s; learningRate and scale are scalars.
// Grid: one invocation per vec4; workgroups in x, then y.

struct Params {
  vectors: u32,
  momentum: f32,
  weightDecay: f32,
}

const WORKGROUP: u32 = 64u;
const NESTEROV: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> learningRate: array<f32>;
@group(0) @binding(3) var<storage, read> scale: array<f32>;
@group(0) @binding(4) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> velocity: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.vectors) {
    return;
  }
  let g = scale[0] * gradient[index] + params.weightDecay * parameters[index];
  let v = params.momentum * velocity[index] + g;
  var step = v;
  if (NESTEROV) {
    step = g + params.momentum * v;
  }
  velocity[index] = v;
  parameters[index] -= learningRate[0] * step;
}
