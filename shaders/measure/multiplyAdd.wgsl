// Benchmark of the peak rate of multiply-adds: chains of x = x * factor + summand without memory access until they
// end. Eight independent chains per invocation hide the latency of each. No operation uses this shader.
// Layout: y holds one vec4 per invocation, the sum of its two vectors of chains.
// Grid: one invocation per vec4, in x.

struct Params {
  turns: u32,
  factor: f32,
  summand: f32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

fn fourTimes(x: vec4f, factor: vec4f, summand: vec4f) -> vec4f {
  return (((x * factor + summand) * factor + summand) * factor + summand) * factor + summand;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = vec4f(params.factor);
  let summand = vec4f(params.summand);
  var a = vec4f(vec4u(id.x, id.x + 1u, id.x + 2u, id.x + 3u)) * 0.001;
  var b = a * 0.5;
  for (var turn = 0u; turn < params.turns; turn++) {
    a = fourTimes(fourTimes(fourTimes(fourTimes(a, factor, summand), factor, summand), factor, summand), factor, summand);
    b = fourTimes(fourTimes(fourTimes(fourTimes(b, factor, summand), factor, summand), factor, summand), factor, summand);
  }
  y[id.x] = a + b;
}
