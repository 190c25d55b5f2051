// Subsampling of images by 2: y[i, j] = x[2i + rowStart, 2j + columnStart].
// Layout: x and y are views of pixels x vectors vec4s.
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  height: u32,
  width: u32,
  xHeight: u32,
  xWidth: u32,
  rowStart: u32,
  columnStart: u32,
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
  let pixel = index / params.vectors;
  let column = pixel % params.width;
  let row = (pixel / params.width) % params.height;
  let image = pixel / params.width / params.height;
  let xRow = image * params.xHeight + 2u * row + params.rowStart;
  let source = xRow * params.xWidth + 2u * column + params.columnStart;
  y[params.yOffset + pixel * params.yStride + vector] = x[params.xOffset + source * params.xStride + vector];
}
