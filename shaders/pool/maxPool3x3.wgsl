// Max pooling over 3x3 windows of stride 1, and the tap that has the maximum, the first in row-major order of equal
// ones. Padding is never the maximum. The maximum of three columns of a row is computed once for three rows of y.
// Layout: x is a view of [images, xHeight, xWidth] rows, y of [images, yHeight, yWidth] rows of vectors vec4s;
// winners as in pool/maxPool: one u32 per vec4 of y, with the winning tap (row * 3 + column) of each lane in a byte.
// Grid: one invocation per (image, strip of stripRows rows, column, vec4) of y; workgroups in x, then y.

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
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const LOWEST: f32 = -3.402823466e38;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> winners: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.images * params.strips * u32(params.yWidth) * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let columns = index / params.vectors;
  let column = i32(columns % u32(params.yWidth));
  let strips = columns / u32(params.yWidth);
  let image = i32(strips / params.strips);
  let startRow = i32(strips % params.strips) * params.stripRows;
  let endRow = min(startRow + params.stripRows, params.yHeight);

  let first = column - params.paddingLeft;
  let columns3 = vec3i(first, first + 1, first + 2);
  // A pixel outside loads the nearest one inside and is ignored, which is cheaper than a branch.
  let nearest = clamp(columns3, vec3i(0), vec3i(params.xWidth - 1));
  let inside = nearest == columns3;
  let place = vec3u(nearest) * params.xStride + vec3u(params.xOffset + vector);
  var above = vec4f(LOWEST);
  var middle = vec4f(LOWEST);
  var aboveTap = vec4u(0u);
  var middleTap = vec4u(0u);
  for (var row = startRow - 2; row < endRow; row++) {
    let xRow = row + 2 - params.paddingTop;
    let nearestRow = clamp(xRow, 0, params.xHeight - 1);
    let line = u32((image * params.xHeight + nearestRow) * params.xWidth) * params.xStride;
    let isRow = nearestRow == xRow;
    var below = select(vec4f(LOWEST), x[line + place.x], vec4<bool>(isRow && inside.x));
    let second = x[line + place.y];
    let isSecond = (second > below) & vec4<bool>(isRow && inside.y);
    below = select(below, second, isSecond);
    let third = x[line + place.z];
    let isThird = (third > below) & vec4<bool>(isRow && inside.z);
    below = select(below, third, isThird);
    let belowTap = select(select(vec4u(0u), vec4u(1u), isSecond), vec4u(2u), isThird);
    if (row >= startRow) {
      let isMiddle = middle > above;
      let upper = select(above, middle, isMiddle);
      let isBelow = below > upper;
      let taps = select(select(aboveTap, middleTap + vec4u(3u), isMiddle), belowTap + vec4u(6u), isBelow);
      let pixel = u32((image * params.yHeight + row) * params.yWidth + column);
      y[params.yOffset + pixel * params.yStride + vector] = select(upper, below, isBelow);
      winners[pixel * params.vectors + vector] = taps.x | (taps.y << 8u) | (taps.z << 16u) | (taps.w << 24u);
    }
    above = middle;
    aboveTap = middleTap;
    middle = below;
    middleTap = belowTap;
  }
  // Padding to a multiple of four words.
  if (index == 0u) {
    for (var i = params.images * u32(params.yHeight * params.yWidth) * params.vectors; i % 4u != 0u; i++) {
      winners[i] = 0u;
    }
  }
}
