// Depthwise convolution with any kernel size, y[pixel, e, c] = sum over taps of x[pixel at tap, c] * w[tap, e, c] (+
// bias), with RELU of max(x, 0). With the weights of the taps in reverse order also its gradient by the input,
// y[pixel, c] = sum over copies e and taps of x[pixel at tap, e, c] * w[tap, e, c], with GATED zero where gate is
// not positive.
//
// Layout: x, y and gate are views of pixels x vec4s of channels, copies one after the other; w has a row of vec4s
// per tap and copy. The grid of computed pixels, where they are written and where their taps read are as in
// conv/conv2d.
// An invocation computes a strip of four pixels of one row, `spacing` columns apart, of four channels. With SLIDE,
// neighbouring pixels of a strip are one tap apart, so that each tap needs one new value of x for four pixels.
// Grid: strips in x, then z; vec4s of channels in y, so that a workgroup shares its weights.

struct Params {
  strips: u32,
  rowStrips: u32,
  spacing: u32,
  height: u32,
  width: u32,
  yOffset: u32,
  yStride: u32,
  yHeight: u32,
  yWidth: u32,
  yRowStep: u32,
  yRowStart: u32,
  yColumnStep: u32,
  yColumnStart: u32,
  xOffset: u32,
  xStride: u32,
  xHeight: u32,
  xWidth: u32,
  xRowStep: i32,
  xRowStart: i32,
  xColumnStep: i32,
  xColumnStart: i32,
  tapRows: u32,
  tapColumns: u32,
  tapRowStep: i32,
  tapColumnStep: i32,
  firstTap: i32,
  tapRowStride: i32,
  tapColumnStride: i32,
  wOffset: u32,
  biasOffset: u32,
  wStride: u32,
  copies: u32,
  summedCopies: u32,
  channelVectors: u32,
  gateOffset: u32,
  gateStride: u32,
}

const WORKGROUP: u32 = 64u;
const SLIDE: bool = true;
const BIAS: bool = false;
const RELU: bool = false;
const GATED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> gate: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

// Four channels of x, zero outside the image.
fn pixel(rowInside: bool, rowPlace: u32, column: i32) -> vec4f {
  let inside = rowInside && column >= 0 && column < i32(params.xWidth);
  let place = select(params.xOffset, rowPlace + u32(column) * params.xStride, inside);
  let value = select(vec4f(0.0), x[place], inside);
  if (RELU) {
    return max(value, vec4f(0.0));
  }
  return value;
}

fn store(yRow: u32, column: u32, vector: u32, value: vec4f) {
  if (column >= params.width) {
    return;
  }
  let yPixel = yRow * params.yWidth + column * params.yColumnStep + params.yColumnStart;
  var result = value;
  if (GATED) {
    let isOpen = gate[params.gateOffset + yPixel * params.gateStride + vector] > vec4f(0.0);
    result = select(vec4f(0.0), value, isOpen);
  }
  y[params.yOffset + yPixel * params.yStride + vector] = result;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) groupId: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let strip = (groupId.z * groups.x + groupId.x) * WORKGROUP + local;
  if (strip >= params.strips) {
    return;
  }
  let vector = groupId.y;
  let rowStrip = strip % params.rowStrips;
  let imageRow = strip / params.rowStrips;
  let row = imageRow % params.height;
  let image = imageRow / params.height;
  let column = (rowStrip / params.spacing) * params.spacing * 4u + (rowStrip % params.spacing);
  let step = params.xColumnStep * i32(params.spacing);
  let xColumn = i32(column) * params.xColumnStep + params.xColumnStart;

  var y0: vec4f;
  if (BIAS) {
    y0 = bias[params.biasOffset + vector];
  }
  var y1 = y0;
  var y2 = y0;
  var y3 = y0;
  let copy = vector / params.channelVectors;
  let channelVector = vector % params.channelVectors;
  for (var e = 0u; e < params.summedCopies; e++) {
    let xVector = channelVector + e * params.channelVectors;
    for (var i = 0u; i < params.tapRows; i++) {
      let xRow = i32(row) * params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;
      let rowInside = xRow >= 0 && xRow < i32(params.xHeight);
      let pixels = (image * params.xHeight + u32(max(xRow, 0))) * params.xWidth;
      let rowPlace = params.xOffset + pixels * params.xStride + xVector;
      var x0: vec4f;
      var x1: vec4f;
      var x2: vec4f;
      if (SLIDE) {
        x0 = pixel(rowInside, rowPlace, xColumn);
        x1 = pixel(rowInside, rowPlace, xColumn + step);
        x2 = pixel(rowInside, rowPlace, xColumn + 2 * step);
      }
      for (var j = 0u; j < params.tapColumns; j++) {
        let tap = params.firstTap + i32(i) * params.tapRowStride + i32(j) * params.tapColumnStride;
        let wRow = u32(tap) * params.copies + copy + e;
        let weight = w[params.wOffset + wRow * params.wStride + channelVector];
        let start = xColumn + i32(j) * params.tapColumnStep;
        if (!SLIDE) {
          x0 = pixel(rowInside, rowPlace, start);
          x1 = pixel(rowInside, rowPlace, start + step);
          x2 = pixel(rowInside, rowPlace, start + 2 * step);
        }
        let x3 = pixel(rowInside, rowPlace, start + 3 * step);
        y0 += x0 * weight;
        y1 += x1 * weight;
        y2 += x2 * weight;
        y3 += x3 * weight;
        if (SLIDE) {
          x0 = x1;
          x1 = x2;
          x2 = x3;
        }
      }
    }
  }

  let yRow = image * params.yHeight + row * params.yRowStep + params.yRowStart;
  store(yRow, column, vector, y0);
  store(yRow, column + params.spacing, vector, y1);
  store(yRow, column + 2u * params.spacing, vector, y2);
  store(yRow, column + 3u * params.spacing, vector, y3);
}
