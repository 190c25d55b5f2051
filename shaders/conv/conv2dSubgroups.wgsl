// Convolution as an implicit matrix product with weights shared within subgroups, y[pixel, k] = sum over taps and c
// of x[pixel at tap, c] * w[tap, c, k] (+ bias).
// With TRANSPOSED, y[pixel, c] = sum over taps and k of x[pixel at tap, k] * w[tap, c, k]: the gradient of a
// convolution by its input, where x is the gradient of the output.
//
// Layout: x and y are views of pixels x vec4s of channels; w has `wRows` rows per tap, each of vec4s over the output
// channels.
// Computed pixels form a grid of images x height x width. Pixel (a, b) is written to row a * yRowStep + yRowStart,
// column b * yColumnStep + yColumnStart. Its tap (i, j) reads x at row a * xRowStep + xRowStart + i * tapRowStep,
// columns likewise, with the weights of tap firstTap + i * tapRowStride + j * tapColumnStride. So one kernel covers
// every stride, padding and dilation, and every residue class of the gradient of a strided convolution.
//
// An invocation computes two strips of four pixels of one row, `spacing` columns apart, times BLOCK (two or four)
// vec4s of channels. Two vec4s of channels need eight vec4s of weights: each lane of a subgroup loads one of them
// and broadcasts it to the others, which on software drivers is much faster than eight loads. Subgroups must have at
// least eight lanes.
// With SLIDE, neighbouring pixels of a strip are one tap apart: each tap of a row needs only one new value of x per
// strip, and the loop over channels encloses that over the taps of a row. Without, the loop over channels is the
// inner one, and the positions of the pixels are computed once per tap.
// Loops over a strip take their count, `stripPixels` (four), from a uniform, so that compilers do not unroll them:
// unrolled loads and stores take a software driver seconds to compile.
// Grid: strips in x, then z; blocks of channels, group by group, in y, so that a workgroup shares its weights.

enable subgroups;

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
  hasBias: u32,
  stripPixels: u32,
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
// Element types of x, w and y.
alias X = f32;
alias W = f32;
alias Y = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<X>>;
@group(0) @binding(2) var<storage, read> w: array<vec4<W>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Y>>;

// Position in x of column 0 of the row that tap row i reads, -1 outside the image.
fn rowPlace(image: u32, row: u32, i: u32) -> i32 {
  let xRow = i32(row) * params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;
  let inside = xRow >= 0 && xRow < i32(params.xHeight);
  let pixel = (image * params.xHeight + select(0u, u32(xRow), inside)) * params.xWidth;
  return select(-1, i32(params.xOffset + pixel * params.xStride), inside);
}

// Position in x of a pixel, -1 outside the image.
fn pixelPlace(row: i32, column: i32) -> i32 {
  let inside = row >= 0 && column >= 0 && column < i32(params.xWidth);
  return select(-1, row + column * i32(params.xStride), inside);
}

// A vec4 of the pixel at a position, zero outside the image.
fn load(place: i32, vector: u32) -> vec4f {
  let value = vec4f(x[select(params.xOffset, u32(place), place >= 0) + vector]);
  return select(vec4f(0.0), value, place >= 0);
}

// Row i of the 4 x 4 weights between vec4 `inner` of x and vec4 `outer` of y. Rows beyond the last are multiplied with
// zeros of x, or belong to channels of y that are not stored.
fn weights(tapRow: u32, column: u32, inner: u32, outer: u32, i: u32) -> vec4f {
  let row = min(select(inner, outer, TRANSPOSED) * 4u + i, params.lastRow);
  return vec4f(w[params.wOffset + (tapRow + row) * params.wStride + column + select(outer, inner, TRANSPOSED)]);
}

fn product(value: vec4f, w0: vec4f, w1: vec4f, w2: vec4f, w3: vec4f) -> vec4f {
  var result = value.x * w0 + value.y * w1 + value.z * w2 + value.w * w3;
  if (TRANSPOSED) {
    result = vec4f(dot(value, w0), dot(value, w1), dot(value, w2), dot(value, w3));
  }
  return result;
}

// Writes a vec4 of y; `place` is the position of the row of pixels.
fn store(place: u32, column: u32, outer: u32, group: u32, value: vec4f) {
  if (column < params.width && outer < params.vectors) {
    let lanes = vec4u(0u, 1u, 2u, 3u) + vec4u(outer * 4u);
    let pixel = (column * params.yColumnStep + params.yColumnStart) * params.yStride;
    let kept = select(vec4f(0.0), value, lanes < vec4u(params.channels));
    y[place + pixel + group * params.vectors + outer] = vec4<Y>(kept);
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) groupId: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let first = ((groupId.z * groups.x + groupId.x) * WORKGROUP + local) * 2u;
  // Index of the lane in its subgroup. No lane returns early, since the others need what it loads.
  let lane = subgroupExclusiveAdd(1u);
  let p = min(first, params.strips - 1u);
  let pStrip = p % params.rowStrips;
  let pColumn = (pStrip / params.spacing) * params.spacing * 4u + (pStrip % params.spacing);
  let pRow = (p / params.rowStrips) % params.height;
  let pImage = p / params.rowStrips / params.height;
  let q = min(first + 1u, params.strips - 1u);
  let qStrip = q % params.rowStrips;
  let qColumn = (qStrip / params.spacing) * params.spacing * 4u + (qStrip % params.spacing);
  let qRow = (q / params.rowStrips) % params.height;
  let qImage = q / params.rowStrips / params.height;
  let pStart = i32(pColumn) * params.xColumnStep + params.xColumnStart;
  let qStart = i32(qColumn) * params.xColumnStep + params.xColumnStart;
  let step = params.xColumnStep * i32(params.spacing);
  let group = groupId.y / params.blocks;
  let outer0 = (groupId.y % params.blocks) * BLOCK;
  // Rows 0 to 3 of one vec4 of output channels, then of the next.
  let last = params.vectors - 1u;
  let outer1 = min(outer0 + 1u, last);
  let outer2 = min(outer0 + 2u, last);
  let outer3 = min(outer0 + 3u, last);
  let second = (lane & 4u) != 0u;
  let laneOuter0 = select(outer0, outer1, second);
  let laneOuter2 = select(outer2, outer3, second);
  let xVector = group * params.depth;
  let wColumn = group * select(params.vectors, params.depth, TRANSPOSED);

  var s0: vec4f;
  var t0: vec4f;
  var u0: vec4f;
  var v0: vec4f;
  if (params.hasBias != 0u) {
    let place = params.biasOffset + group * params.vectors;
    s0 = bias[place + outer0];
    t0 = bias[place + outer1];
    if (BLOCK > 2u) {
      u0 = bias[place + outer2];
      v0 = bias[place + outer3];
    }
  }
  var s1 = s0;
  var s2 = s0;
  var s3 = s0;
  var s4 = s0;
  var s5 = s0;
  var s6 = s0;
  var s7 = s0;
  var t1 = t0;
  var t2 = t0;
  var t3 = t0;
  var t4 = t0;
  var t5 = t0;
  var t6 = t0;
  var t7 = t0;
  var u1 = u0;
  var u2 = u0;
  var u3 = u0;
  var u4 = u0;
  var u5 = u0;
  var u6 = u0;
  var u7 = u0;
  var v1 = v0;
  var v2 = v0;
  var v3 = v0;
  var v4 = v0;
  var v5 = v0;
  var v6 = v0;
  var v7 = v0;

  let outerTurns = select(params.tapColumns, params.depth, SLIDE);
  let innerTurns = select(params.depth, params.tapColumns, SLIDE);
  for (var i = 0u; i < params.tapRows; i++) {
    let pPlace = rowPlace(pImage, pRow, i);
    let qPlace = rowPlace(qImage, qRow, i);
    for (var m = 0u; m < outerTurns; m++) {
      var x0: vec4f;
      var x1: vec4f;
      var x2: vec4f;
      var x3: vec4f;
      var x4: vec4f;
      var x5: vec4f;
      var x6: vec4f;
      var x7: vec4f;
      var place0: i32;
      var place1: i32;
      var place2: i32;
      var place3: i32;
      var place4: i32;
      var place5: i32;
      var place6: i32;
      var place7: i32;
      if (SLIDE) {
        for (var k = 1u; k < params.stripPixels; k++) {
          x0 = x1;
          x1 = x2;
          x2 = load(pixelPlace(pPlace, pStart + i32(k - 1u) * step), xVector + m);
          x4 = x5;
          x5 = x6;
          x6 = load(pixelPlace(qPlace, qStart + i32(k - 1u) * step), xVector + m);
        }
      } else {
        let shift = i32(m) * params.tapColumnStep;
        place0 = pixelPlace(pPlace, pStart + shift);
        place1 = pixelPlace(pPlace, pStart + shift + step);
        place2 = pixelPlace(pPlace, pStart + shift + 2 * step);
        place3 = pixelPlace(pPlace, pStart + shift + 3 * step);
        place4 = pixelPlace(qPlace, qStart + shift);
        place5 = pixelPlace(qPlace, qStart + shift + step);
        place6 = pixelPlace(qPlace, qStart + shift + 2 * step);
        place7 = pixelPlace(qPlace, qStart + shift + 3 * step);
      }
      for (var n = 0u; n < innerTurns; n++) {
        let inner = select(n, m, SLIDE);
        let j = i32(select(m, n, SLIDE));
        let vector = xVector + inner;
        if (SLIDE) {
          let shift = j * params.tapColumnStep + 3 * step;
          x3 = load(pixelPlace(pPlace, pStart + shift), vector);
          x7 = load(pixelPlace(qPlace, qStart + shift), vector);
        } else {
          x0 = load(place0, vector);
          x1 = load(place1, vector);
          x2 = load(place2, vector);
          x3 = load(place3, vector);
          x4 = load(place4, vector);
          x5 = load(place5, vector);
          x6 = load(place6, vector);
          x7 = load(place7, vector);
        }
        let tap = params.firstTap + i32(i) * params.tapRowStride + j * params.tapColumnStride;
        let tapRow = u32(tap) * params.wRows;
        var loaded = weights(tapRow, wColumn, inner, laneOuter0, lane & 3u);
        var w0 = subgroupBroadcast(loaded, 0u);
        var w1 = subgroupBroadcast(loaded, 1u);
        var w2 = subgroupBroadcast(loaded, 2u);
        var w3 = subgroupBroadcast(loaded, 3u);
        s0 += product(x0, w0, w1, w2, w3);
        s1 += product(x1, w0, w1, w2, w3);
        s2 += product(x2, w0, w1, w2, w3);
        s3 += product(x3, w0, w1, w2, w3);
        s4 += product(x4, w0, w1, w2, w3);
        s5 += product(x5, w0, w1, w2, w3);
        s6 += product(x6, w0, w1, w2, w3);
        s7 += product(x7, w0, w1, w2, w3);
        w0 = subgroupBroadcast(loaded, 4u);
        w1 = subgroupBroadcast(loaded, 5u);
        w2 = subgroupBroadcast(loaded, 6u);
        w3 = subgroupBroadcast(loaded, 7u);
        t0 += product(x0, w0, w1, w2, w3);
        t1 += product(x1, w0, w1, w2, w3);
        t2 += product(x2, w0, w1, w2, w3);
        t3 += product(x3, w0, w1, w2, w3);
        t4 += product(x4, w0, w1, w2, w3);
        t5 += product(x5, w0, w1, w2, w3);
        t6 += product(x6, w0, w1, w2, w3);
        t7 += product(x7, w0, w1, w2, w3);
        if (BLOCK > 2u) {
          loaded = weights(tapRow, wColumn, inner, laneOuter2, lane & 3u);
          var w0 = subgroupBroadcast(loaded, 0u);
          var w1 = subgroupBroadcast(loaded, 1u);
          var w2 = subgroupBroadcast(loaded, 2u);
          var w3 = subgroupBroadcast(loaded, 3u);
          u0 += product(x0, w0, w1, w2, w3);
          u1 += product(x1, w0, w1, w2, w3);
          u2 += product(x2, w0, w1, w2, w3);
          u3 += product(x3, w0, w1, w2, w3);
          u4 += product(x4, w0, w1, w2, w3);
          u5 += product(x5, w0, w1, w2, w3);
          u6 += product(x6, w0, w1, w2, w3);
          u7 += product(x7, w0, w1, w2, w3);
          w0 = subgroupBroadcast(loaded, 4u);
          w1 = subgroupBroadcast(loaded, 5u);
          w2 = subgroupBroadcast(loaded, 6u);
          w3 = subgroupBroadcast(loaded, 7u);
          v0 += product(x0, w0, w1, w2, w3);
          v1 += product(x1, w0, w1, w2, w3);
          v2 += product(x2, w0, w1, w2, w3);
          v3 += product(x3, w0, w1, w2, w3);
          v4 += product(x4, w0, w1, w2, w3);
          v5 += product(x5, w0, w1, w2, w3);
          v6 += product(x6, w0, w1, w2, w3);
          v7 += product(x7, w0, w1, w2, w3);
        }
        if (SLIDE) {
          x0 = x1;
          x1 = x2;
          x2 = x3;
          x4 = x5;
          x5 = x6;
          x6 = x7;
        }
      }
    }
  }

  if (first >= params.strips) {
    return;
  }
  let pLine = pImage * params.yHeight + pRow * params.yRowStep + params.yRowStart;
  let pOut = params.yOffset + pLine * params.yWidth * params.yStride;
  let qLine = qImage * params.yHeight + qRow * params.yRowStep + params.yRowStart;
  let qOut = params.yOffset + qLine * params.yWidth * params.yStride;
  for (var pixel = 0u; pixel < params.stripPixels; pixel++) {
    let shift = pixel * params.spacing;
    store(pOut, pColumn + shift, outer0, group, s0);
    store(pOut, pColumn + shift, outer0 + 1u, group, t0);
    if (BLOCK > 2u) {
      store(pOut, pColumn + shift, outer0 + 2u, group, u0);
      store(pOut, pColumn + shift, outer0 + 3u, group, v0);
    }
    if (first + 1u < params.strips) {
      store(qOut, qColumn + shift, outer0, group, s4);
      store(qOut, qColumn + shift, outer0 + 1u, group, t4);
      if (BLOCK > 2u) {
        store(qOut, qColumn + shift, outer0 + 2u, group, u4);
        store(qOut, qColumn + shift, outer0 + 3u, group, v4);
      }
    }
    s0 = s1;
    s1 = s2;
    s2 = s3;
    s4 = s5;
    s5 = s6;
    s6 = s7;
    t0 = t1;
    t1 = t2;
    t2 = t3;
    t4 = t5;
    t5 = t6;
    t6 = t7;
    if (BLOCK > 2u) {
      u0 = u1;
      u1 = u2;
      u2 = u3;
      u4 = u5;
      u5 = u6;
      u6 = u7;
      v0 = v1;
      v1 = v2;
      v2 = v3;
      v4 = v5;
      v5 = v6;
      v6 = v7;
    }
  }
}
