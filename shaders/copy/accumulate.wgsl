// In-place update y += x, or without ACCUMULATE y = x: sums that stay on the device over many runs.
// Layout: x and y are views of rows x vectors vec4s.
// Grid: one invocation per vec4; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const ACCUMULATE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let place = params.yOffset + row * params.yStride + vector;
  var result = x[params.xOffset + row * params.xStride + vector];
  if (ACCUMULATE) {
    result += y[place];
  }
  y[place] = result;
}
