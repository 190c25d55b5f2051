// Conversion to another element type, y = x, rounded where y has fewer bits.
// Layout: x and y are views of rows x vectors vec4s of elements From and To.
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
alias From = f32;
alias To = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<From>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<To>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  y[params.yOffset + row * params.yStride + vector] = vec4<To>(x[params.xOffset + row * params.xStride + vector]);
}
