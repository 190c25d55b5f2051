// Channel shuffle from [groups, members] to [members, groups]: y[m * groups + g] = x[g * members + m] (Zhang et al.
// 2018, ShuffleNet, section 3.1). Exchanging groups and members gives the inverse.
// Layout: x and y are views of rows x vectors vec4s; channels = groups * members; padding lanes of y are written as
// zero.
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  channels: u32,
  groups: u32,
  members: u32,
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
  let vector = index % params.vectors;
  let row = index / params.vectors;
  let start = params.xOffset + row * params.xStride;
  var result = vec4f(0.0);
  for (var lane = 0u; lane < 4u; lane++) {
    let channel = vector * 4u + lane;
    if (channel < params.channels) {
      let source = channel % params.groups * params.members + channel / params.groups;
      result[lane] = x[start + source / 4u][source % 4u];
    }
  }
  y[params.yOffset + row * params.yStride + vector] = result;
}
