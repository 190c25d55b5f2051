// Convolution as an implicit matrix product with tiles in workgroup memory, y[pixel, k] = sum over taps and c of
// x[pixel at tap, c] * w[tap, c, k] (+ bias). For GPUs, on which a barrier is cheap, and products of many tiles.
// With TRANSPOSED, y[pixel, c] = sum over taps and k of x[pixel at tap, k] * w[tap, c, k]: the gradient of a
// convolution by its input, where x is the gradient of the output.
//
// Layout: x and y are views of pixels x vec4s of channels; w has `wRows` rows per tap, each of vec4s over the output
// channels.
// Computed pixels form a grid of images x height x width. Pixel (a, b) is written to row a * yRowStep + yRowStart,
// column b * yColumnStep + yColumnStart. Its tap (i, j) reads x at row a * xRowStep + xRowStart + i * tapRowStep,
// columns likewise, with the weights of tap firstTap + i * tapRowStride + j * tapColumnStride.
//
// The inner dimension of the product is the sequence of taps x vec4s of x's channels; each step covers DEPTH of its
// vec4s. A workgroup computes TILE_PIXELS pixels x TILE_VECTORS vec4s of channels; an invocation ROWS of the pixels,
// LINES apart, x BLOCK of the vec4s, COLUMNS apart. Tiles are double-buffered: while an invocation multiplies one
// pair of tiles it holds vec4s of the next pair, loaded from x and w, in registers, and then stores them to the
// other pair of buffers, with one barrier per step.
// Grid: tiles of channels, group by group, in x; tiles of pixels in y, then z, so that neighbouring workgroups share
// pixels.

struct Params {
  pixels: u32,
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
  wStride: u32,
  wRows: u32,
  lastRow: u32,
  depth: u32,
  vectors: u32,
  channels: u32,
  columnTiles: u32,
}

const WORKGROUP: u32 = 256u;
// Invocations along the channels.
const COLUMNS: u32 = 16u;
// Pixels (4 or 8) and vec4s of channels (1 or 2) per invocation.
const ROWS: u32 = 8u;
const BLOCK: u32 = 2u;
// A tile of x is one or two vec4s per invocation, a tile of w at most one.
const DEPTH: u32 = 2u;
const TRANSPOSED: bool = false;
// Element types of x, w and y.
alias X = f32;
alias W = f32;
alias Y = f32;

const LINES: u32 = WORKGROUP / COLUMNS;
const TILE_PIXELS: u32 = LINES * ROWS;
const TILE_VECTORS: u32 = COLUMNS * BLOCK;
const X_TILE: u32 = TILE_PIXELS * DEPTH;
const W_TILE: u32 = 4u * DEPTH * TILE_VECTORS;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<X>>;
@group(0) @binding(2) var<storage, read> w: array<vec4<W>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Y>>;

var<workgroup> xTiles: array<vec4f, 2u * X_TILE>;
var<workgroup> wTiles: array<vec4f, 2u * W_TILE>;

// A position in the inner dimension: tap (i, j) and a vec4 of x's channels.
struct Inner {
  i: u32,
  j: u32,
  vector: u32,
}

fn advance(start: Inner, vectors: u32) -> Inner {
  var inner = start;
  inner.vector += vectors;
  for (; inner.vector >= params.depth; inner.vector -= params.depth) {
    inner.j += 1u;
    if (inner.j >= params.tapColumns) {
      inner.j = 0u;
      inner.i += 1u;
    }
  }
  return inner;
}

// A computed pixel and the position of its tap (0, 0): first row of the image in x, row and column within the image.
struct Pixel {
  index: u32,
  image: u32,
  row: i32,
  column: i32,
}

fn pixelOf(index: u32) -> Pixel {
  let line = index / params.width;
  let row = i32(line % params.height) * params.xRowStep + params.xRowStart;
  let column = i32(index % params.width) * params.xColumnStep + params.xColumnStart;
  return Pixel(index, line / params.height * params.xHeight, row, column);
}

// A vec4 of x, zero outside the image and beyond the last tap.
fn load(pixel: Pixel, inner: Inner, group: u32) -> vec4f {
  let row = pixel.row + i32(inner.i) * params.tapRowStep;
  let column = pixel.column + i32(inner.j) * params.tapColumnStep;
  let rowInside = row >= 0 && row < i32(params.xHeight);
  let columnInside = column >= 0 && column < i32(params.xWidth);
  let inside = pixel.index < params.pixels && inner.i < params.tapRows && rowInside && columnInside;
  let place = ((pixel.image + u32(row)) * params.xWidth + u32(column)) * params.xStride;
  let value = vec4f(x[params.xOffset + select(0u, place + group * params.depth + inner.vector, inside)]);
  return select(vec4f(0.0), value, inside);
}

// Row `lane` of the 4 x 4 weights between vec4 `inner` of x and vec4 `outer` of y. Rows beyond the last are multiplied
// with zeros of x, or belong to channels of y that are not stored.
fn weights(inner: Inner, outer: u32, lane: u32, group: u32) -> vec4f {
  let inside = inner.i < params.tapRows && outer < params.vectors;
  let tap = params.firstTap + i32(inner.i) * params.tapRowStride + i32(inner.j) * params.tapColumnStride;
  let row = u32(tap) * params.wRows + min(select(inner.vector, outer, TRANSPOSED) * 4u + lane, params.lastRow);
  let groupColumn = group * select(params.vectors, params.depth, TRANSPOSED);
  let place = row * params.wStride + groupColumn + select(outer, inner.vector, TRANSPOSED);
  return select(vec4f(0.0), vec4f(w[params.wOffset + select(0u, place, inside)]), inside);
}

// Position in a tile of w. With TRANSPOSED neighbouring invocations write one column of many rows; the exclusive or
// avoids bank conflicts in workgroup memory, and reads of one row remain free of them.
fn weightPlace(row: u32, column: u32) -> u32 {
  return row * TILE_VECTORS + select(column, column ^ (row % TILE_VECTORS), TRANSPOSED);
}

// Adds four products to each channel, as fused multiply-adds where the compiler contracts them.
fn accumulate(sum: vec4f, value: vec4f, w0: vec4f, w1: vec4f, w2: vec4f, w3: vec4f) -> vec4f {
  return sum + value.x * w0 + value.y * w1 + value.z * w2 + value.w * w3;
}

// Writes vec4 `outer` of a computed pixel.
fn store(index: u32, outer: u32, group: u32, value: vec4f) {
  if (index < params.pixels && outer < params.vectors) {
    let lanes = vec4u(0u, 1u, 2u, 3u) + vec4u(outer * 4u);
    let line = index / params.width;
    let row = line / params.height * params.yHeight + line % params.height * params.yRowStep + params.yRowStart;
    let pixel = row * params.yWidth + index % params.width * params.yColumnStep + params.yColumnStart;
    let place = params.yOffset + pixel * params.yStride + group * params.vectors + outer;
    y[place] = vec4<Y>(select(vec4f(0.0), value, lanes < vec4u(params.channels)));
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) groupId: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let group = groupId.x / params.columnTiles;
  let firstVector = groupId.x % params.columnTiles * TILE_VECTORS;
  let firstPixel = (groupId.z * groups.y + groupId.y) * TILE_PIXELS;

  // What this invocation loads: neighbouring invocations load neighbouring vec4s of one pixel and of one row of w.
  let p = pixelOf(firstPixel + local / DEPTH);
  let q = pixelOf(firstPixel + (local + WORKGROUP) / DEPTH);
  var xInner = advance(Inner(0u, 0u, 0u), local % DEPTH);
  let wLane = select(local / TILE_VECTORS, local / DEPTH, TRANSPOSED) % 4u;
  let wColumn = select(local % TILE_VECTORS, local / DEPTH / 4u, TRANSPOSED);
  let wVector = select(local / TILE_VECTORS / 4u, local % DEPTH, TRANSPOSED);
  var wInner = advance(Inner(0u, 0u, 0u), wVector);
  let wPlace = weightPlace(wVector * 4u + wLane, wColumn);
  let loadsWeights = local < W_TILE;

  // What this invocation computes.
  let line = local / COLUMNS;
  let column = local % COLUMNS;
  let outer0 = firstVector + column;
  let outer1 = outer0 + COLUMNS;
  var s0: vec4f;
  var t0: vec4f;
  if (params.hasBias != 0u) {
    let place = params.biasOffset + group * params.vectors;
    s0 = bias[place + min(outer0, params.vectors - 1u)];
    t0 = bias[place + min(outer1, params.vectors - 1u)];
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

  xTiles[local] = load(p, xInner, group);
  if (X_TILE > WORKGROUP) {
    xTiles[local + WORKGROUP] = load(q, xInner, group);
  }
  if (loadsWeights) {
    wTiles[wPlace] = weights(wInner, firstVector + wColumn, wLane, group);
  }
  workgroupBarrier();

  let steps = (params.tapRows * params.tapColumns * params.depth + DEPTH - 1u) / DEPTH;
  for (var step = 0u; step < steps; step++) {
    xInner = advance(xInner, DEPTH);
    wInner = advance(wInner, DEPTH);
    let pNext = load(p, xInner, group);
    var qNext: vec4f;
    if (X_TILE > WORKGROUP) {
      qNext = load(q, xInner, group);
    }
    var wNext: vec4f;
    if (loadsWeights) {
      wNext = weights(wInner, firstVector + wColumn, wLane, group);
    }

    let xTile = step % 2u * X_TILE;
    let wTile = step % 2u * W_TILE;
    for (var v = 0u; v < DEPTH; v++) {
      let xPlace = xTile + line * DEPTH + v;
      let x0 = xTiles[xPlace];
      let x1 = xTiles[xPlace + LINES * DEPTH];
      let x2 = xTiles[xPlace + 2u * LINES * DEPTH];
      let x3 = xTiles[xPlace + 3u * LINES * DEPTH];
      var x4: vec4f;
      var x5: vec4f;
      var x6: vec4f;
      var x7: vec4f;
      if (ROWS > 4u) {
        x4 = xTiles[xPlace + 4u * LINES * DEPTH];
        x5 = xTiles[xPlace + 5u * LINES * DEPTH];
        x6 = xTiles[xPlace + 6u * LINES * DEPTH];
        x7 = xTiles[xPlace + 7u * LINES * DEPTH];
      }
      var w0 = wTiles[wTile + weightPlace(v * 4u, column)];
      var w1 = wTiles[wTile + weightPlace(v * 4u + 1u, column)];
      var w2 = wTiles[wTile + weightPlace(v * 4u + 2u, column)];
      var w3 = wTiles[wTile + weightPlace(v * 4u + 3u, column)];
      if (TRANSPOSED) {
        let turned = transpose(mat4x4f(w0, w1, w2, w3));
        w0 = turned[0];
        w1 = turned[1];
        w2 = turned[2];
        w3 = turned[3];
      }
      s0 = accumulate(s0, x0, w0, w1, w2, w3);
      s1 = accumulate(s1, x1, w0, w1, w2, w3);
      s2 = accumulate(s2, x2, w0, w1, w2, w3);
      s3 = accumulate(s3, x3, w0, w1, w2, w3);
      if (ROWS > 4u) {
        s4 = accumulate(s4, x4, w0, w1, w2, w3);
        s5 = accumulate(s5, x5, w0, w1, w2, w3);
        s6 = accumulate(s6, x6, w0, w1, w2, w3);
        s7 = accumulate(s7, x7, w0, w1, w2, w3);
      }
      if (BLOCK > 1u) {
        w0 = wTiles[wTile + weightPlace(v * 4u, column + COLUMNS)];
        w1 = wTiles[wTile + weightPlace(v * 4u + 1u, column + COLUMNS)];
        w2 = wTiles[wTile + weightPlace(v * 4u + 2u, column + COLUMNS)];
        w3 = wTiles[wTile + weightPlace(v * 4u + 3u, column + COLUMNS)];
        if (TRANSPOSED) {
          let turned = transpose(mat4x4f(w0, w1, w2, w3));
          w0 = turned[0];
          w1 = turned[1];
          w2 = turned[2];
          w3 = turned[3];
        }
        t0 = accumulate(t0, x0, w0, w1, w2, w3);
        t1 = accumulate(t1, x1, w0, w1, w2, w3);
        t2 = accumulate(t2, x2, w0, w1, w2, w3);
        t3 = accumulate(t3, x3, w0, w1, w2, w3);
        if (ROWS > 4u) {
          t4 = accumulate(t4, x4, w0, w1, w2, w3);
          t5 = accumulate(t5, x5, w0, w1, w2, w3);
          t6 = accumulate(t6, x6, w0, w1, w2, w3);
          t7 = accumulate(t7, x7, w0, w1, w2, w3);
        }
      }
    }

    let other = (step + 1u) % 2u;
    xTiles[other * X_TILE + local] = pNext;
    if (X_TILE > WORKGROUP) {
      xTiles[other * X_TILE + local + WORKGROUP] = qNext;
    }
    if (loadsWeights) {
      wTiles[other * W_TILE + wPlace] = wNext;
    }
    workgroupBarrier();
  }

  let pixel = firstPixel + line;
  store(pixel, outer0, group, s0);
  store(pixel + LINES, outer0, group, s1);
  store(pixel + 2u * LINES, outer0, group, s2);
  store(pixel + 3u * LINES, outer0, group, s3);
  if (ROWS > 4u) {
    store(pixel + 4u * LINES, outer0, group, s4);
    store(pixel + 5u * LINES, outer0, group, s5);
    store(pixel + 6u * LINES, outer0, group, s6);
    store(pixel + 7u * LINES, outer0, group, s7);
  }
  if (BLOCK > 1u) {
    store(pixel, outer1, group, t0);
    store(pixel + LINES, outer1, group, t1);
    store(pixel + 2u * LINES, outer1, group, t2);
    store(pixel + 3u * LINES, outer1, group, t3);
    if (ROWS > 4u) {
      store(pixel + 4u * LINES, outer1, group, t4);
      store(pixel + 5u * LINES, outer1, group, t5);
      store(pixel + 6u * LINES, outer1, group, t6);
      store(pixel + 7u * LINES, outer1, group, t7);
    }
  }
}
