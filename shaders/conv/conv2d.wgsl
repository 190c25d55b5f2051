// Convolution as an implicit matrix product, y[pixel, k] = sum over taps and c of x[pixel at tap, c] w[tap, c, k] (+ bias).
// With TRANSPOSED the weights are used the other way, y[pixel, c] = sum over taps and k of x[pixel at tap, k] w[tap, c, k]:
// the gradient of a convolution's input, where x is the incoming gradient.
//
// Layout: x and y are views of pixels x vec4s of channels; w has `wRows` rows a tap and a row of vec4s over the outputs.
// Computed pixels form a grid of images x height x width; pixel (a, b) of it is written to row a * yRowStep + yRowStart,
// column b * yColumnStep + yColumnStart, and its tap (i, j) reads x at row a * xRowStep + xRowStart + i * tapRowStep, the
// same for columns, and the weights of tap firstTap + i * tapRowStride + j * tapColumnStride. So one kernel serves every
// stride, padding and dilation, and every residue class of the gradient of a strided convolution.
//
// An invocation computes a strip of four pixels of one row, `spacing` columns apart, times BLOCK vec4s of channels. With
// SLIDE, neighbours in the strip are one tap apart, so that each tap needs one new value of x for four pixels.
// Grid: strips in x, folded into z; blocks of channels, group by group, in y: the weights are the same for a workgroup.

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
  wRows: u32,
  lastRow: u32,
  depth: u32,
  vectors: u32,
  channels: u32,
  blocks: u32,
}

const WORKGROUP: u32 = 64u;
const BLOCK: u32 = 4u;
const SLIDE: bool = true;
const TRANSPOSED: bool = false;
const BIAS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

// Four channels of x, zero outside the image.
fn pixel(rowInside: bool, rowPlace: u32, column: i32) -> vec4f {
  let inside = rowInside && column >= 0 && column < i32(params.xWidth);
  let place = select(params.xOffset, rowPlace + u32(column) * params.xStride, inside);
  return select(vec4f(0.0), x[place], inside);
}

// Row i of the 4 x 4 weights between vec4 `inner` of x and vec4 `outer` of y. Rows past the last meet zeros of x, or
// channels of y that are not stored.
fn weights(tapRow: u32, column: u32, inner: u32, outer: u32, i: u32) -> vec4f {
  if (TRANSPOSED) {
    return w[params.wOffset + (tapRow + min(outer * 4u + i, params.lastRow)) * params.wStride + column + inner];
  }
  return w[params.wOffset + (tapRow + min(inner * 4u + i, params.lastRow)) * params.wStride + column + outer];
}

fn product(value: vec4f, w0: vec4f, w1: vec4f, w2: vec4f, w3: vec4f) -> vec4f {
  if (TRANSPOSED) {
    return vec4f(dot(value, w0), dot(value, w1), dot(value, w2), dot(value, w3));
  }
  return value.x * w0 + value.y * w1 + value.z * w2 + value.w * w3;
}

fn store(rowPlace: u32, column: u32, outer: u32, group: u32, sum: vec4f) {
  if (column >= params.width || outer >= params.vectors) {
    return;
  }
  var value = sum;
  if (BIAS) {
    value += bias[params.biasOffset + group * params.vectors + outer];
  }
  let lanes = vec4u(0u, 1u, 2u, 3u) + outer * 4u;
  let place = rowPlace + (column * params.yColumnStep + params.yColumnStart) * params.yStride;
  y[place + group * params.vectors + outer] = select(vec4f(0.0), value, lanes < vec4u(params.channels));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let strip = (workgroup.z * groups.x + workgroup.x) * WORKGROUP + local;
  if (strip >= params.strips) {
    return;
  }
  let group = workgroup.y / params.blocks;
  let outer = (workgroup.y % params.blocks) * BLOCK;
  let last = params.vectors - 1u;
  let outer1 = min(outer + 1u, last);
  let outer2 = min(outer + 2u, last);
  let outer3 = min(outer + 3u, last);
  let wColumn = group * select(params.vectors, params.depth, TRANSPOSED);

  let rowStrip = strip % params.rowStrips;
  let imageRow = strip / params.rowStrips;
  let row = imageRow % params.height;
  let image = imageRow / params.height;
  let column = rowStrip / params.spacing * params.spacing * 4u + rowStrip % params.spacing;
  let step = params.xColumnStep * i32(params.spacing);
  let xColumn = i32(column) * params.xColumnStep + params.xColumnStart;

  var a0: vec4f;
  var a1: vec4f;
  var a2: vec4f;
  var a3: vec4f;
  var b0: vec4f;
  var b1: vec4f;
  var b2: vec4f;
  var b3: vec4f;
  var c0: vec4f;
  var c1: vec4f;
  var c2: vec4f;
  var c3: vec4f;
  var d0: vec4f;
  var d1: vec4f;
  var d2: vec4f;
  var d3: vec4f;

  for (var i = 0u; i < params.tapRows; i++) {
    let xRow = i32(row) * params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;
    let rowInside = xRow >= 0 && xRow < i32(params.xHeight);
    let rowStart = params.xOffset + (image * params.xHeight + u32(max(xRow, 0))) * params.xWidth * params.xStride;
    for (var inner = 0u; inner < params.depth; inner++) {
      let rowPlace = rowStart + group * params.depth + inner;
      var x0: vec4f;
      var x1: vec4f;
      var x2: vec4f;
      var x3: vec4f;
      if (SLIDE) {
        x0 = pixel(rowInside, rowPlace, xColumn);
        x1 = pixel(rowInside, rowPlace, xColumn + step);
        x2 = pixel(rowInside, rowPlace, xColumn + 2 * step);
      }
      for (var j = 0u; j < params.tapColumns; j++) {
        let tap = params.firstTap + i32(i) * params.tapRowStride + i32(j) * params.tapColumnStride;
        let tapRow = u32(tap) * params.wRows;
        let start = xColumn + i32(j) * params.tapColumnStep;
        if (!SLIDE) {
          x0 = pixel(rowInside, rowPlace, start);
          x1 = pixel(rowInside, rowPlace, start + step);
          x2 = pixel(rowInside, rowPlace, start + 2 * step);
        }
        x3 = pixel(rowInside, rowPlace, start + 3 * step);
        var w0 = weights(tapRow, wColumn, inner, outer, 0u);
        var w1 = weights(tapRow, wColumn, inner, outer, 1u);
        var w2 = weights(tapRow, wColumn, inner, outer, 2u);
        var w3 = weights(tapRow, wColumn, inner, outer, 3u);
        a0 += product(x0, w0, w1, w2, w3);
        a1 += product(x1, w0, w1, w2, w3);
        a2 += product(x2, w0, w1, w2, w3);
        a3 += product(x3, w0, w1, w2, w3);
        if (BLOCK > 1u) {
          w0 = weights(tapRow, wColumn, inner, outer1, 0u);
          w1 = weights(tapRow, wColumn, inner, outer1, 1u);
          w2 = weights(tapRow, wColumn, inner, outer1, 2u);
          w3 = weights(tapRow, wColumn, inner, outer1, 3u);
          b0 += product(x0, w0, w1, w2, w3);
          b1 += product(x1, w0, w1, w2, w3);
          b2 += product(x2, w0, w1, w2, w3);
          b3 += product(x3, w0, w1, w2, w3);
        }
        if (BLOCK > 2u) {
          w0 = weights(tapRow, wColumn, inner, outer2, 0u);
          w1 = weights(tapRow, wColumn, inner, outer2, 1u);
          w2 = weights(tapRow, wColumn, inner, outer2, 2u);
          w3 = weights(tapRow, wColumn, inner, outer2, 3u);
          c0 += product(x0, w0, w1, w2, w3);
          c1 += product(x1, w0, w1, w2, w3);
          c2 += product(x2, w0, w1, w2, w3);
          c3 += product(x3, w0, w1, w2, w3);
        }
        if (BLOCK > 3u) {
          w0 = weights(tapRow, wColumn, inner, outer3, 0u);
          w1 = weights(tapRow, wColumn, inner, outer3, 1u);
          w2 = weights(tapRow, wColumn, inner, outer3, 2u);
          w3 = weights(tapRow, wColumn, inner, outer3, 3u);
          d0 += product(x0, w0, w1, w2, w3);
          d1 += product(x1, w0, w1, w2, w3);
          d2 += product(x2, w0, w1, w2, w3);
          d3 += product(x3, w0, w1, w2, w3);
        }
        if (SLIDE) {
          x0 = x1;
          x1 = x2;
          x2 = x3;
        }
      }
    }
  }

  let yRow = image * params.yHeight + row * params.yRowStep + params.yRowStart;
  let yPlace = params.yOffset + yRow * params.yWidth * params.yStride;
  let column1 = column + params.spacing;
  let column2 = column1 + params.spacing;
  let column3 = column2 + params.spacing;
  store(yPlace, column, outer, group, a0);
  store(yPlace, column1, outer, group, a1);
  store(yPlace, column2, outer, group, a2);
  store(yPlace, column3, outer, group, a3);
  if (BLOCK > 1u) {
    store(yPlace, column, outer + 1u, group, b0);
    store(yPlace, column1, outer + 1u, group, b1);
    store(yPlace, column2, outer + 1u, group, b2);
    store(yPlace, column3, outer + 1u, group, b3);
  }
  if (BLOCK > 2u) {
    store(yPlace, column, outer + 2u, group, c0);
    store(yPlace, column1, outer + 2u, group, c1);
    store(yPlace, column2, outer + 2u, group, c2);
    store(yPlace, column3, outer + 2u, group, c3);
  }
  if (BLOCK > 3u) {
    store(yPlace, column, outer + 3u, group, d0);
    store(yPlace, column1, outer + 3u, group, d1);
    store(yPlace, column2, outer + 3u, group, d2);
    store(yPlace, column3, outer + 3u, group, d3);
  }
}
