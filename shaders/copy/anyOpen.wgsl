// Logical or over groups of flags: y[group] = 1 where a flag of the group is not zero, else 0.
// Layout: flags is a view of rows of scalars, flagsStride vec4s apart; members is [groups][width], row-major indices
// of flags, padded by repeating the last one of a group; y is a row of scalars whose padding is written as zero.
// Grid: one invocation per element of y, padding included.

struct Params {
  padded: u32,
  groups: u32,
  width: u32,
  flagsOffset: u32,
  flagsStride: u32,
  columns: u32,
  membersOffset: u32,
  yOffset: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> flags: array<f32>;
@group(0) @binding(2) var<storage, read> members: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.padded) {
    return;
  }
  var isOpen = false;
  if (id.x < params.groups) {
    for (var i = 0u; i < params.width; i++) {
      let element = members[params.membersOffset * 4u + id.x * params.width + i];
      let place = (params.flagsOffset + element / params.columns * params.flagsStride) * 4u + element % params.columns;
      isOpen = isOpen || flags[place] != 0.0;
    }
  }
  y[params.yOffset * 4u + id.x] = select(0.0, 1.0, isOpen);
}
