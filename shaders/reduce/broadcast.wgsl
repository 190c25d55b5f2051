// Repeats rows: y[group, i] = factor * x[group] for i < repeat; with SCALAR factor * x[0].x everywhere.
// Layout: x is a view of `groups` rows, or a scalar; y is a view of groups x repeat rows of vectors vec4s. Lanes
// from `channels` on, and with MATRIX rows from usedRows on of every innerRows rows (a matrix padded in its second
// to last dimension), are written as zero.
// Grid: one invocation per (group, chunk, column), which writes rows chunk, chunk + chunks, ... of the group;
// workgroups in x, then y.

struct Params {
  groups: u32,
  repeat: u32,
  chunks: u32,
  vectors: u32,
  channels: u32,
  innerRows: u32,
  usedRows: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
  factor: f32,
}

const WORKGROUP: u32 = 64u;
const SCALAR: bool = false;
const MATRIX: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.groups * params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let part = index / params.vectors;
  let group = part / params.chunks;
  var value: vec4f;
  if (SCALAR) {
    value = vec4f(x[params.xOffset].x);
  } else {
    value = x[params.xOffset + group * params.xStride + vector];
  }
  let used = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.channels);
  value = select(vec4f(0.0), params.factor * value, used);
  for (var i = part % params.chunks; i < params.repeat; i += params.chunks) {
    let row = group * params.repeat + i;
    var result = value;
    if (MATRIX) {
      result = select(vec4f(0.0), value, row % params.innerRows < params.usedRows);
    }
    y[params.yOffset + row * params.yStride + vector] = result;
  }
}
