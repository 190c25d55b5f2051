// Average pooling over 3x3 windows of stride 1, and with GRADIENT its gradient (x is dy, y is dx): each pixel of y
// is a sum over 3x3 pixels of x, scaled before (gradient) or after (pooling) by 1 / number of counted taps of the
// window: those inside the image, or with COUNT_PADDING inside the padded image. The sum of three columns of a row
// is computed once for three rows of y.
// Layout: x is a view of [images, xHeight, xWidth] rows, y of [images, yHeight, yWidth] rows of vectors vec4s.
// startHeight and startWidth are the distance from a pixel of y back to the first one of x: the padding, or for the
// gradient 2 - padding. imageHeight, imageWidth and paddings are those of the pooling.
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
  startHeight: i32,
  startWidth: i32,
  imageHeight: i32,
  imageWidth: i32,
  paddingTop: i32,
  paddingLeft: i32,
  paddingBottom: i32,
  paddingRight: i32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const GRADIENT: bool = false;
const COUNT_PADDING: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

// 1 / number of counted taps, along one dimension, of a window that starts at a pixel of the image.
fn share(start: i32, extent: i32, paddingEnd: i32) -> f32 {
  if (COUNT_PADDING) {
    return 1.0 / f32(min(3, extent + paddingEnd - start));
  }
  return 1.0 / f32(min(3, extent - start) - max(0, -start));
}

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

  let first = column - params.startWidth;
  let columns3 = vec3i(first, first + 1, first + 2);
  // A pixel outside loads the nearest one inside with weight zero, which is cheaper than a branch.
  let nearest = clamp(columns3, vec3i(0), vec3i(params.xWidth - 1));
  var weights = select(vec3f(0.0), vec3f(1.0), nearest == columns3);
  if (GRADIENT) {
    weights *= vec3f(
      share(nearest.x - params.paddingLeft, params.imageWidth, params.paddingRight),
      share(nearest.y - params.paddingLeft, params.imageWidth, params.paddingRight),
      share(nearest.z - params.paddingLeft, params.imageWidth, params.paddingRight));
  } else {
    weights *= share(column - params.paddingLeft, params.imageWidth, params.paddingRight);
  }
  let place = vec3u(nearest) * params.xStride + vec3u(params.xOffset + vector);
  var above = vec4f(0.0);
  var middle = vec4f(0.0);
  for (var row = startRow - 2; row < endRow; row++) {
    let xRow = row + 2 - params.startHeight;
    let nearestRow = clamp(xRow, 0, params.xHeight - 1);
    let line = u32((image * params.xHeight + nearestRow) * params.xWidth) * params.xStride;
    var below = weights.x * x[line + place.x] + weights.y * x[line + place.y] + weights.z * x[line + place.z];
    var weight = select(0.0, 1.0, nearestRow == xRow);
    if (GRADIENT) {
      weight *= share(nearestRow - params.paddingTop, params.imageHeight, params.paddingBottom);
    }
    below *= weight;
    if (row >= startRow) {
      var sum = above + middle + below;
      if (!GRADIENT) {
        sum *= share(row - params.paddingTop, params.imageHeight, params.paddingBottom);
      }
      let pixel = u32((image * params.yHeight + row) * params.yWidth + column);
      y[params.yOffset + pixel * params.yStride + vector] = sum;
    }
    above = middle;
    middle = below;
  }
}
