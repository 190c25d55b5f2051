// Gradient of the subsampling by 2: dx[2i + rowStart, 2j + columnStart] = dy[i, j], zero at all other pixels.
// Layout: dy and dx are views of pixels x vectors vec4s.
// Grid: one invocation per vec4 of dx; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  height: u32,
  width: u32,
  yHeight: u32,
  yWidth: u32,
  rowStart: u32,
  columnStart: u32,
  dyOffset: u32,
  dyStride: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let pixel = index / params.vectors;
  // For a pixel before the first one read, the unsigned difference wraps around to a position beyond the last.
  let column = pixel % params.width - params.columnStart;
  let row = (pixel / params.width) % params.height - params.rowStart;
  let image = pixel / params.width / params.height;
  let isTaken = (row | column) % 2u == 0u && row / 2u < params.yHeight && column / 2u < params.yWidth;
  var gradient = vec4f(0.0);
  if (isTaken) {
    let source = (image * params.yHeight + row / 2u) * params.yWidth + column / 2u;
    gradient = dy[params.dyOffset + source * params.dyStride + vector];
  }
  dx[params.dxOffset + pixel * params.dxStride + vector] = gradient;
}
