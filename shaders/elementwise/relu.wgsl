// Rectified linear unit, y = max(x, 0). With GRADIENT y = x where gate > 0, else 0: x is the gradient of the output
// and gate the output.
// Layout: x, gate and y are views of rows x vectors vec4s.
// Grid: one invocation per vec4; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  xOffset: u32,
  xStride: u32,
  gateOffset: u32,
  gateStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const GRADIENT: bool = false;
alias Element = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<Element>>;
@group(0) @binding(2) var<storage, read> gate: array<vec4<Element>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Element>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let value = vec4f(x[params.xOffset + row * params.xStride + vector]);
  var result = max(value, vec4f(0.0));
  if (GRADIENT) {
    let output = vec4f(gate[params.gateOffset + row * params.gateStride + vector]);
    result = select(vec4f(0.0), value, output > vec4f(0.0));
  }
  y[params.yOffset + row * params.yStride + vector] = vec4<Element>(result);
}
