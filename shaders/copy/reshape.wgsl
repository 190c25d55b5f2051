// Copies all elements in row-major order into rows of another length: element i of y = element i of x, where padding
// lanes are not counted; those of y are written as zero.
// Layout: x and y are views of rows of vec4s with xChannels and channels elements.
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  channels: u32,
  xChannels: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;

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
  var result = vec4f(0.0);
  for (var lane = 0u; lane < 4u; lane += 1u) {
    let channel = vector * 4u + lane;
    if (channel < params.channels) {
      let element = row * params.channels + channel;
      let position = element % params.xChannels;
      let start = params.xOffset + element / params.xChannels * params.xStride;
      result[lane] = x[start + position / 4u][position % 4u];
    }
  }
  y[params.yOffset + row * params.yStride + vector] = result;
}
