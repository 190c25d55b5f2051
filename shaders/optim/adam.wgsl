// One step of Adam (Kingma and Ba 2015, algorithm 1) with weight decay added to the gradient:
//   g = scale * gradient + weightDecay * parameters;
//   m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g^2;
//   parameters -= learningRate / correction1 * m / (sqrt(v / correction2) + epsilon).
// rates holds learningRate and the bias corrections correction1 = 1 - beta1^t and correction2 = 1 - beta2^t. The
// complements 1 - beta are uniforms: computed here in f32 they would lose four digits.
// Layout: parameters, m, v and gradient are contiguous vec4s; scale is a scalar.
// Grid: one invocation per vec4; workgroups in x, then y.

struct Params {
  vectors: u32,
  beta1: f32,
  complement1: f32,
  beta2: f32,
  complement2: f32,
  epsilon: f32,
  weightDecay: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> rates: array<vec4f>;
@group(0) @binding(3) var<storage, read> scale: array<f32>;
@group(0) @binding(4) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> firstMoment: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> secondMoment: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.vectors) {
    return;
  }
  let rate = rates[0];
  let g = scale[0] * gradient[index] + params.weightDecay * parameters[index];
  let m = params.beta1 * firstMoment[index] + params.complement1 * g;
  let v = params.beta2 * secondMoment[index] + params.complement2 * g * g;
  firstMoment[index] = m;
  secondMoment[index] = v;
  parameters[index] -= rate.x / rate.y * m / (sqrt(v / rate.z) + vec4f(params.epsilon));
}
