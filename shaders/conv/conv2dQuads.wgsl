// Convolution as an implicit matrix product with weights shared within quads, y[pixel, k] = sum over taps and c of
// x[pixel at tap, c] * w[tap, c, k] (+ bias). For software drivers of four lanes, on which a load costs as much as a
// hundred multiply-adds, and a variable carried by a loop as much as several.
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
// An invocation computes a strip of four pixels of one row, `spacing` columns apart, times BLOCK (two or four) vec4s
// of channels. Each lane of a quad loads one row of the 4 x 4 weights between two vec4s and broadcasts it to the
// others.
// With TAPS = 3, neighbouring pixels of a strip are one tap apart: the three taps of a row need six values of x and
// are written out one after the other. With TAPS = 1 a loop goes over the taps.
// Sums are stored channel by channel, so that a compiler that keeps the order of the text keeps them in registers.
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
const TAPS: u32 = 3u;
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
  if (TRANSPOSED) {
    return vec4f(dot(value, w0), dot(value, w1), dot(value, w2), dot(value, w3));
  }
  return vec4f(
    value.x * w0.x + value.y * w1.x + value.z * w2.x + value.w * w3.x,
    value.x * w0.y + value.y * w1.y + value.z * w2.y + value.w * w3.y,
    value.x * w0.z + value.y * w1.z + value.z * w2.z + value.w * w3.z,
    value.x * w0.w + value.y * w1.w + value.z * w2.w + value.w * w3.w,
  );
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
  let index = (groupId.z * groups.x + groupId.x) * WORKGROUP + local;
  // Index of the lane in its quad. No lane returns before the end of the sums, since the others need what it loads.
  let lane = subgroupExclusiveAdd(1u) & 3u;
  let p = min(index, params.strips - 1u);
  let strip = p % params.rowStrips;
  let column = (strip / params.spacing) * params.spacing * 4u + (strip % params.spacing);
  let line = p / params.rowStrips;
  let row = line % params.height;
  let image = line / params.height;
  let start = i32(column) * params.xColumnStep + params.xColumnStart;
  let step = params.xColumnStep * i32(params.spacing);
  let group = groupId.y / params.blocks;
  let outer0 = (groupId.y % params.blocks) * BLOCK;
  let last = params.vectors - 1u;
  let outer1 = min(outer0 + 1u, last);
  let outer2 = min(outer0 + 2u, last);
  let outer3 = min(outer0 + 3u, last);
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
  var t1 = t0;
  var t2 = t0;
  var t3 = t0;
  var u1 = u0;
  var u2 = u0;
  var u3 = u0;
  var v1 = v0;
  var v2 = v0;
  var v3 = v0;

  let turns = select(params.tapColumns, 1u, TAPS == 3u);
  for (var i = 0u; i < params.tapRows; i++) {
    let place = rowPlace(image, row, i);
    for (var j = 0u; j < turns; j++) {
      let shift = start + i32(j) * params.tapColumnStep;
      let place0 = pixelPlace(place, shift);
      let place1 = pixelPlace(place, shift + step);
      let place2 = pixelPlace(place, shift + 2 * step);
      let place3 = pixelPlace(place, shift + 3 * step);
      var place4: i32;
      var place5: i32;
      if (TAPS == 3u) {
        place4 = pixelPlace(place, shift + 4 * step);
        place5 = pixelPlace(place, shift + 5 * step);
      }
      let tap = params.firstTap + i32(i) * params.tapRowStride + i32(j) * params.tapColumnStride;
      for (var m = 0u; m < params.depth; m++) {
        let vector = xVector + m;
        let x0 = load(place0, vector);
        let x1 = load(place1, vector);
        let x2 = load(place2, vector);
        let x3 = load(place3, vector);
        let tapRow = u32(tap) * params.wRows;
        let sw = weights(tapRow, wColumn, m, outer0, lane);
        let sw0 = quadBroadcast(sw, 0u);
        let sw1 = quadBroadcast(sw, 1u);
        let sw2 = quadBroadcast(sw, 2u);
        let sw3 = quadBroadcast(sw, 3u);
        s0 += product(x0, sw0, sw1, sw2, sw3);
        s1 += product(x1, sw0, sw1, sw2, sw3);
        s2 += product(x2, sw0, sw1, sw2, sw3);
        s3 += product(x3, sw0, sw1, sw2, sw3);
        let tw = weights(tapRow, wColumn, m, outer1, lane);
        let tw0 = quadBroadcast(tw, 0u);
        let tw1 = quadBroadcast(tw, 1u);
        let tw2 = quadBroadcast(tw, 2u);
        let tw3 = quadBroadcast(tw, 3u);
        t0 += product(x0, tw0, tw1, tw2, tw3);
        t1 += product(x1, tw0, tw1, tw2, tw3);
        t2 += product(x2, tw0, tw1, tw2, tw3);
        t3 += product(x3, tw0, tw1, tw2, tw3);
        if (BLOCK > 2u) {
          let uw = weights(tapRow, wColumn, m, outer2, lane);
          let uw0 = quadBroadcast(uw, 0u);
          let uw1 = quadBroadcast(uw, 1u);
          let uw2 = quadBroadcast(uw, 2u);
          let uw3 = quadBroadcast(uw, 3u);
          u0 += product(x0, uw0, uw1, uw2, uw3);
          u1 += product(x1, uw0, uw1, uw2, uw3);
          u2 += product(x2, uw0, uw1, uw2, uw3);
          u3 += product(x3, uw0, uw1, uw2, uw3);
          let vw = weights(tapRow, wColumn, m, outer3, lane);
          let vw0 = quadBroadcast(vw, 0u);
          let vw1 = quadBroadcast(vw, 1u);
          let vw2 = quadBroadcast(vw, 2u);
          let vw3 = quadBroadcast(vw, 3u);
          v0 += product(x0, vw0, vw1, vw2, vw3);
          v1 += product(x1, vw0, vw1, vw2, vw3);
          v2 += product(x2, vw0, vw1, vw2, vw3);
          v3 += product(x3, vw0, vw1, vw2, vw3);
        }
        if (TAPS == 3u) {
          let x4 = load(place4, vector);
          let x5 = load(place5, vector);
          {
            let tapRow = u32(tap + params.tapColumnStride) * params.wRows;
            let sw = weights(tapRow, wColumn, m, outer0, lane);
            let sw0 = quadBroadcast(sw, 0u);
            let sw1 = quadBroadcast(sw, 1u);
            let sw2 = quadBroadcast(sw, 2u);
            let sw3 = quadBroadcast(sw, 3u);
            s0 += product(x1, sw0, sw1, sw2, sw3);
            s1 += product(x2, sw0, sw1, sw2, sw3);
            s2 += product(x3, sw0, sw1, sw2, sw3);
            s3 += product(x4, sw0, sw1, sw2, sw3);
            let tw = weights(tapRow, wColumn, m, outer1, lane);
            let tw0 = quadBroadcast(tw, 0u);
            let tw1 = quadBroadcast(tw, 1u);
            let tw2 = quadBroadcast(tw, 2u);
            let tw3 = quadBroadcast(tw, 3u);
            t0 += product(x1, tw0, tw1, tw2, tw3);
            t1 += product(x2, tw0, tw1, tw2, tw3);
            t2 += product(x3, tw0, tw1, tw2, tw3);
            t3 += product(x4, tw0, tw1, tw2, tw3);
            if (BLOCK > 2u) {
              let uw = weights(tapRow, wColumn, m, outer2, lane);
              let uw0 = quadBroadcast(uw, 0u);
              let uw1 = quadBroadcast(uw, 1u);
              let uw2 = quadBroadcast(uw, 2u);
              let uw3 = quadBroadcast(uw, 3u);
              u0 += product(x1, uw0, uw1, uw2, uw3);
              u1 += product(x2, uw0, uw1, uw2, uw3);
              u2 += product(x3, uw0, uw1, uw2, uw3);
              u3 += product(x4, uw0, uw1, uw2, uw3);
              let vw = weights(tapRow, wColumn, m, outer3, lane);
              let vw0 = quadBroadcast(vw, 0u);
              let vw1 = quadBroadcast(vw, 1u);
              let vw2 = quadBroadcast(vw, 2u);
              let vw3 = quadBroadcast(vw, 3u);
              v0 += product(x1, vw0, vw1, vw2, vw3);
              v1 += product(x2, vw0, vw1, vw2, vw3);
              v2 += product(x3, vw0, vw1, vw2, vw3);
              v3 += product(x4, vw0, vw1, vw2, vw3);
            }
          }
          {
            let tapRow = u32(tap + 2 * params.tapColumnStride) * params.wRows;
            let sw = weights(tapRow, wColumn, m, outer0, lane);
            let sw0 = quadBroadcast(sw, 0u);
            let sw1 = quadBroadcast(sw, 1u);
            let sw2 = quadBroadcast(sw, 2u);
            let sw3 = quadBroadcast(sw, 3u);
            s0 += product(x2, sw0, sw1, sw2, sw3);
            s1 += product(x3, sw0, sw1, sw2, sw3);
            s2 += product(x4, sw0, sw1, sw2, sw3);
            s3 += product(x5, sw0, sw1, sw2, sw3);
            let tw = weights(tapRow, wColumn, m, outer1, lane);
            let tw0 = quadBroadcast(tw, 0u);
            let tw1 = quadBroadcast(tw, 1u);
            let tw2 = quadBroadcast(tw, 2u);
            let tw3 = quadBroadcast(tw, 3u);
            t0 += product(x2, tw0, tw1, tw2, tw3);
            t1 += product(x3, tw0, tw1, tw2, tw3);
            t2 += product(x4, tw0, tw1, tw2, tw3);
            t3 += product(x5, tw0, tw1, tw2, tw3);
            if (BLOCK > 2u) {
              let uw = weights(tapRow, wColumn, m, outer2, lane);
              let uw0 = quadBroadcast(uw, 0u);
              let uw1 = quadBroadcast(uw, 1u);
              let uw2 = quadBroadcast(uw, 2u);
              let uw3 = quadBroadcast(uw, 3u);
              u0 += product(x2, uw0, uw1, uw2, uw3);
              u1 += product(x3, uw0, uw1, uw2, uw3);
              u2 += product(x4, uw0, uw1, uw2, uw3);
              u3 += product(x5, uw0, uw1, uw2, uw3);
              let vw = weights(tapRow, wColumn, m, outer3, lane);
              let vw0 = quadBroadcast(vw, 0u);
              let vw1 = quadBroadcast(vw, 1u);
              let vw2 = quadBroadcast(vw, 2u);
              let vw3 = quadBroadcast(vw, 3u);
              v0 += product(x2, vw0, vw1, vw2, vw3);
              v1 += product(x3, vw0, vw1, vw2, vw3);
              v2 += product(x4, vw0, vw1, vw2, vw3);
              v3 += product(x5, vw0, vw1, vw2, vw3);
            }
          }
        }
      }
    }
  }

  if (index >= params.strips) {
    return;
  }
  let yLine = image * params.yHeight + row * params.yRowStep + params.yRowStart;
  let out = params.yOffset + yLine * params.yWidth * params.yStride;
  for (var pixel = 0u; pixel < params.stripPixels; pixel++) {
    let at = column + pixel * params.spacing;
    store(out, at, outer0, group, s0);
    store(out, at, outer0 + 1u, group, t0);
    s0 = s1;
    s1 = s2;
    s2 = s3;
    t0 = t1;
    t1 = t2;
    t2 = t3;
    if (BLOCK > 2u) {
      store(out, at, outer0 + 2u, group, u0);
      store(out, at, outer0 + 3u, group, v0);
      u0 = u1;
      u1 = u2;
      u2 = u3;
      v0 = v1;
      v1 = v2;
      v2 = v3;
    }
  }
}
