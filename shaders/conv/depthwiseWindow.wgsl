// Depthwise convolution with a 3 x 3 or 5 x 5 kernel, y[pixel, c] = sum over taps of x[pixel at tap, c] w[tap, c] (+ bias);
// with the weights of the taps in reverse order also the gradient of its input, x being the incoming gradient.
//
// Layout: x and y are views of pixels x vec4s of channels; w has a row of vec4s a tap. The grid of computed pixels, where
// they are written and where their taps read: as in conv/conv2d.
// An invocation keeps the weights of four channels and goes along a run of `run` pixels of one row, `spacing` columns
// apart, with the pixels that the taps meet in a window: KERNEL new ones for every tap's distance, of which an output
// is `advance` from the next.
// Grid: one invocation a run and vec4 of channels, folded into x and y.

struct Params {
  strips: u32,
  vectors: u32,
  run: u32,
  advance: u32,
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
  tapRowStep: i32,
  tapColumnStep: i32,
  firstTap: i32,
  tapRowStride: i32,
  tapColumnStride: i32,
  wOffset: u32,
  biasOffset: u32,
  hasBias: u32,
  wStride: u32,
}

const WORKGROUP: u32 = 64u;
const KERNEL: u32 = 5u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

// Place in x of column 0 of the row that tap row i of the kernel meets, -1 outside the image.
fn rowPlace(image: u32, row: u32, i: u32) -> i32 {
  let xRow = i32(row) * params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;
  let inside = xRow >= 0 && xRow < i32(params.xHeight);
  let pixel = (image * params.xHeight + select(0u, u32(xRow), inside)) * params.xWidth;
  return select(-1, i32(params.xOffset + pixel * params.xStride), inside);
}

// A vec4 of a pixel, zero outside the image.
fn load(row: i32, column: i32, vector: u32) -> vec4f {
  let inside = row >= 0 && column >= 0 && column < i32(params.xWidth);
  let place = select(params.xOffset, u32(row + column * i32(params.xStride)), inside);
  return select(vec4f(0.0), x[place + vector], inside);
}

fn weight(i: i32, j: i32, vector: u32) -> vec4f {
  let tap = params.firstTap + i * params.tapRowStride + j * params.tapColumnStride;
  return w[params.wOffset + u32(tap) * params.wStride + vector];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.strips * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let strip = index / params.vectors;
  let rowStrip = strip % params.rowStrips;
  let row = (strip / params.rowStrips) % params.height;
  let image = strip / params.rowStrips / params.height;
  let column = (rowStrip / params.spacing) * params.spacing * params.run + (rowStrip % params.spacing);
  if (column >= params.width) {
    return;
  }
  let xColumn = i32(column) * params.xColumnStep + params.xColumnStart;
  let count = min(params.run, (params.width - column + params.spacing - 1u) / params.spacing);

  let row0 = rowPlace(image, row, 0u);
  let row1 = rowPlace(image, row, 1u);
  let row2 = rowPlace(image, row, 2u);
  var row3 = -1;
  var row4 = -1;
  if (KERNEL > 3u) {
    row3 = rowPlace(image, row, 3u);
    row4 = rowPlace(image, row, 4u);
  }
  let w00 = weight(0, 0, vector);
  let w01 = weight(0, 1, vector);
  let w02 = weight(0, 2, vector);
  let w10 = weight(1, 0, vector);
  let w11 = weight(1, 1, vector);
  let w12 = weight(1, 2, vector);
  let w20 = weight(2, 0, vector);
  let w21 = weight(2, 1, vector);
  let w22 = weight(2, 2, vector);
  var w03: vec4f;
  var w04: vec4f;
  var w13: vec4f;
  var w14: vec4f;
  var w23: vec4f;
  var w24: vec4f;
  var w30: vec4f;
  var w31: vec4f;
  var w32: vec4f;
  var w33: vec4f;
  var w34: vec4f;
  var w40: vec4f;
  var w41: vec4f;
  var w42: vec4f;
  var w43: vec4f;
  var w44: vec4f;
  if (KERNEL > 3u) {
    w03 = weight(0, 3, vector);
    w04 = weight(0, 4, vector);
    w13 = weight(1, 3, vector);
    w14 = weight(1, 4, vector);
    w23 = weight(2, 3, vector);
    w24 = weight(2, 4, vector);
    w30 = weight(3, 0, vector);
    w31 = weight(3, 1, vector);
    w32 = weight(3, 2, vector);
    w33 = weight(3, 3, vector);
    w34 = weight(3, 4, vector);
    w40 = weight(4, 0, vector);
    w41 = weight(4, 1, vector);
    w42 = weight(4, 2, vector);
    w43 = weight(4, 3, vector);
    w44 = weight(4, 4, vector);
  }
  var start: vec4f;
  if (params.hasBias != 0u) {
    start = bias[params.biasOffset + vector];
  }
  var x00: vec4f;
  var x01: vec4f;
  var x02: vec4f;
  var x03: vec4f;
  var x04: vec4f;
  var x10: vec4f;
  var x11: vec4f;
  var x12: vec4f;
  var x13: vec4f;
  var x14: vec4f;
  var x20: vec4f;
  var x21: vec4f;
  var x22: vec4f;
  var x23: vec4f;
  var x24: vec4f;
  var x30: vec4f;
  var x31: vec4f;
  var x32: vec4f;
  var x33: vec4f;
  var x34: vec4f;
  var x40: vec4f;
  var x41: vec4f;
  var x42: vec4f;
  var x43: vec4f;
  var x44: vec4f;

  let yRow = image * params.yHeight + row * params.yRowStep + params.yRowStart;
  var yPlace = params.yOffset + vector;
  yPlace += (yRow * params.yWidth + column * params.yColumnStep + params.yColumnStart) * params.yStride;
  let turns = KERNEL + (count - 1u) * params.advance;
  var next = KERNEL - 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let xTurn = xColumn + i32(turn) * params.tapColumnStep;
    x00 = x01;
    x01 = x02;
    x10 = x11;
    x11 = x12;
    x20 = x21;
    x21 = x22;
    if (KERNEL > 3u) {
      x02 = x03;
      x03 = x04;
      x04 = load(row0, xTurn, vector);
      x12 = x13;
      x13 = x14;
      x14 = load(row1, xTurn, vector);
      x22 = x23;
      x23 = x24;
      x24 = load(row2, xTurn, vector);
      x30 = x31;
      x31 = x32;
      x32 = x33;
      x33 = x34;
      x34 = load(row3, xTurn, vector);
      x40 = x41;
      x41 = x42;
      x42 = x43;
      x43 = x44;
      x44 = load(row4, xTurn, vector);
    } else {
      x02 = load(row0, xTurn, vector);
      x12 = load(row1, xTurn, vector);
      x22 = load(row2, xTurn, vector);
    }
    if (turn == next) {
      var sum = start;
      sum += x00 * w00;
      sum += x01 * w01;
      sum += x02 * w02;
      sum += x10 * w10;
      sum += x11 * w11;
      sum += x12 * w12;
      sum += x20 * w20;
      sum += x21 * w21;
      sum += x22 * w22;
      if (KERNEL > 3u) {
        sum += x03 * w03;
        sum += x04 * w04;
        sum += x13 * w13;
        sum += x14 * w14;
        sum += x23 * w23;
        sum += x24 * w24;
        sum += x30 * w30;
        sum += x31 * w31;
        sum += x32 * w32;
        sum += x33 * w33;
        sum += x34 * w34;
        sum += x40 * w40;
        sum += x41 * w41;
        sum += x42 * w42;
        sum += x43 * w43;
        sum += x44 * w44;
      }
      y[yPlace] = sum;
      yPlace += params.spacing * params.yColumnStep * params.yStride;
      next += params.advance;
    }
  }
}
