// Gradient of max pooling over 3x3 windows of stride 1: an invocation moves down a column of dx, loads each row of
// dy and winners once and adds it to the three rows of dx that its windows contain.
// Layout: dy is a view of [images, yHeight, yWidth] rows, dx of [images, xHeight, xWidth] rows of vectors vec4s;
// winners as written by pool/maxPool3x3.
// Grid: one invocation per (image, strip of stripRows rows, column, vec4) of dx; workgroups in x, then y.

struct Params {
  images: u32,
  vectors: u32,
  stripRows: i32,
  strips: u32,
  xHeight: i32,
  xWidth: i32,
  yHeight: i32,
  yWidth: i32,
  paddingTop: i32,
  paddingLeft: i32,
  dyOffset: u32,
  dyStride: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> winners: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.images * params.strips * u32(params.xWidth) * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let columns = index / params.vectors;
  let column = i32(columns % u32(params.xWidth));
  let strips = columns / u32(params.xWidth);
  let image = i32(strips / params.strips);
  let startRow = i32(strips % params.strips) * params.stripRows;
  let endRow = min(startRow + params.stripRows, params.xHeight);

  var sum = vec4f(0.0);
  var next = vec4f(0.0);
  for (var row = startRow - 2; row < endRow; row++) {
    // The last windows that contain the row are the first that contain the row after the next.
    var afterNext = vec4f(0.0);
    let yRow = row + params.paddingTop;
    let nearestRow = clamp(yRow, 0, params.yHeight - 1);
    let line = (image * params.yHeight + nearestRow) * params.yWidth;
    for (var c = 0; c < 3; c++) {
      // A window that does not exist loads the nearest one and is ignored, which is cheaper than a branch.
      let yColumn = column + params.paddingLeft - c;
      let nearestColumn = clamp(yColumn, 0, params.yWidth - 1);
      let place = u32(line + nearestColumn);
      let taps = (vec4u(winners[place * params.vectors + vector]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
      let holds = vec4<bool>(nearestRow == yRow && nearestColumn == yColumn);
      let g = select(vec4f(0.0), dy[params.dyOffset + place * params.dyStride + vector], holds);
      sum += select(vec4f(0.0), g, taps == vec4u(u32(c)));
      next += select(vec4f(0.0), g, taps == vec4u(u32(c + 3)));
      afterNext += select(vec4f(0.0), g, taps == vec4u(u32(c + 6)));
    }
    if (row >= startRow) {
      let pixel = u32((image * params.xHeight + row) * params.xWidth + column);
      dx[params.dxOffset + pixel * params.dxStride + vector] = sum;
    }
    sum = next;
    next = afterNext;
  }
}
