// Gradient of a depthwise convolution with a 3 x 3 or 5 x 5 kernel by its weights, dw[tap, e, c] = sum over pixels
// of x[pixel at tap, c] * dy[pixel, e, c], with relu of max(x, 0), normalised of (x - mean) * scale + shift in place
// of x, in chunks of rows of pixels: `chunks` partial sums, which reduce/columnSums adds (with one chunk dw itself).
//
// Layout: x and dy are views of pixels x vec4s of channels, copies e of dy one after the other; dw is chunks of a
// row of vec4s per tap and copy; factors is [3][vectors]: mean, scale, shift. Taps read x as in
// conv/depthwiseWindow.
// An invocation computes all taps of four channels of a copy over one chunk of blocks of rows, `rowsEach` (at most
// ROWS) rows each, one tap apart. It slides along the rows with the last KERNEL values of dy of each: each iteration
// loads one column of x, multiplies it with these values, and loads a new value of dy every `advance` iterations.
// Grid: one invocation per vec4 of a copy, chunk by chunk; workgroups in x, then y.

struct Params {
  chunks: u32,
  chunkBlocks: u32,
  blocks: u32,
  rowBlocks: u32,
  rowSpacing: u32,
  spacing: u32,
  advance: u32,
  height: u32,
  width: u32,
  vectors: u32,
  copies: u32,
  dyOffset: u32,
  dyStride: u32,
  xOffset: u32,
  xStride: u32,
  xHeight: i32,
  xWidth: i32,
  rowStep: i32,
  rowStart: i32,
  tapRowStep: i32,
  columnStep: i32,
  columnStart: i32,
  tapColumnStep: i32,
  wOffset: u32,
  wStride: u32,
  relu: u32,
  normalised: u32,
  rowsEach: u32,
}

const WORKGROUP: u32 = 64u;
const KERNEL: u32 = 5u;
const ROWS: u32 = 2u;

// Sums of a row of taps, or the values of dy for which the current column is at these taps.
struct Taps {
  t0: vec4f,
  t1: vec4f,
  t2: vec4f,
  t3: vec4f,
  t4: vec4f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read> factors: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dw: array<vec4f>;

// Factors of the invocation's channels.
var<private> mean: vec4f;
var<private> scale: vec4f;
var<private> offset: vec4f;

// Position in x of column 0 of the row that tap row i reads, -1 outside the image.
fn rowPlace(image: u32, row: u32, i: i32) -> i32 {
  let xRow = i32(row) * params.rowStep + params.rowStart + i * params.tapRowStep;
  let pixel = (i32(image) * params.xHeight + xRow) * params.xWidth;
  return select(-1, i32(params.xOffset) + pixel * i32(params.xStride), xRow >= 0 && xRow < params.xHeight);
}

fn load(row: i32, column: i32, vector: u32) -> vec4f {
  let inside = row >= 0 && column >= 0 && column < params.xWidth;
  let place = select(params.xOffset, u32(row + column * i32(params.xStride)) + vector, inside);
  var value = x[place];
  value = select(vec4f(0.0), (value - mean) * scale + offset, inside);
  return select(value, max(value, vec4f(0.0)), params.relu != 0u);
}

fn multiplyAdd(sums: Taps, value: vec4f, row: Taps) -> Taps {
  var result = sums;
  result.t0 += value * row.t0;
  result.t1 += value * row.t1;
  result.t2 += value * row.t2;
  if (KERNEL > 3u) {
    result.t3 += value * row.t3;
    result.t4 += value * row.t4;
  }
  return result;
}

// Shifts the values of dy by one column.
fn shift(row: Taps, newest: vec4f) -> Taps {
  var result: Taps;
  result.t0 = newest;
  result.t1 = row.t0;
  result.t2 = row.t1;
  if (KERNEL > 3u) {
    result.t3 = row.t2;
    result.t4 = row.t3;
  }
  return result;
}

fn store(i: u32, chunk: u32, copy: u32, vector: u32, sums: Taps) {
  let tap = (chunk * KERNEL + i) * KERNEL;
  let place = params.wOffset + (tap * params.copies + copy) * params.wStride + vector;
  let step = params.copies * params.wStride;
  dw[place] = sums.t0;
  dw[place + step] = sums.t1;
  dw[place + 2u * step] = sums.t2;
  if (KERNEL > 3u) {
    dw[place + 3u * step] = sums.t3;
    dw[place + 4u * step] = sums.t4;
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.copies * params.vectors) {
    return;
  }
  let dyVector = index % (params.copies * params.vectors);
  let chunk = index / (params.copies * params.vectors);
  let vector = dyVector % params.vectors;
  scale = vec4f(1.0);
  if (params.normalised != 0u) {
    mean = factors[vector];
    scale = factors[params.vectors + vector];
    offset = factors[2u * params.vectors + vector];
  }
  var s0: Taps;
  var s1: Taps;
  var s2: Taps;
  var s3: Taps;
  var s4: Taps;

  let end = min((chunk + 1u) * params.chunkBlocks, params.blocks);
  for (var part = chunk * params.chunkBlocks; part < end; part++) {
    let rowBlock = part % params.rowBlocks;
    let image = part / params.rowBlocks;
    let row = (rowBlock / params.rowSpacing) * params.rowSpacing * params.rowsEach + rowBlock % params.rowSpacing;
    if (row >= params.height) {
      continue;
    }
    let hasNextRow = params.rowsEach > 1u && row + params.rowSpacing < params.height;
    let row0 = rowPlace(image, row, 0);
    let row1 = rowPlace(image, row, 1);
    let row2 = rowPlace(image, row, 2);
    let row3 = rowPlace(image, row, 3);
    let row4 = rowPlace(image, row, 4);
    let row5 = rowPlace(image, row, 5);
    let dyPlace = params.dyOffset + (image * params.height + row) * params.width * params.dyStride + dyVector;
    let nextStep = params.rowSpacing * params.width * params.dyStride;
    let phases = min(params.spacing, params.width);

    for (var column = 0u; column < phases; column++) {
      let count = (params.width - column + params.spacing - 1u) / params.spacing;
      var xColumn = i32(column) * params.columnStep + params.columnStart;
      var place = dyPlace + column * params.dyStride;
      var d: Taps;
      var e: Taps;
      var next = 0u;
      let turns = KERNEL + (count - 1u) * params.advance;
      for (var turn = 0u; turn < turns; turn++) {
        let isNew = turn == next && turn + KERNEL <= turns;
        let value = select(vec4f(0.0), dy[select(params.dyOffset, place, isNew)], isNew);
        d = shift(d, value);
        if (ROWS > 1u) {
          let isNewNext = isNew && hasNextRow;
          let nextValue = select(vec4f(0.0), dy[select(params.dyOffset, place + nextStep, isNewNext)], isNewNext);
          e = shift(e, nextValue);
        }
        let x0 = load(row0, xColumn, vector);
        let x1 = load(row1, xColumn, vector);
        let x2 = load(row2, xColumn, vector);
        s0 = multiplyAdd(s0, x0, d);
        s1 = multiplyAdd(s1, x1, d);
        s2 = multiplyAdd(s2, x2, d);
        if (ROWS > 1u) {
          s0 = multiplyAdd(s0, x1, e);
          s1 = multiplyAdd(s1, x2, e);
        }
        if (KERNEL > 3u || ROWS > 1u) {
          let x3 = load(row3, xColumn, vector);
          if (ROWS > 1u) {
            s2 = multiplyAdd(s2, x3, e);
          }
          if (KERNEL > 3u) {
            let x4 = load(row4, xColumn, vector);
            s3 = multiplyAdd(s3, x3, d);
            s4 = multiplyAdd(s4, x4, d);
            if (ROWS > 1u) {
              let x5 = load(row5, xColumn, vector);
              s3 = multiplyAdd(s3, x4, e);
              s4 = multiplyAdd(s4, x5, e);
            }
          }
        }
        if (isNew) {
          place += params.spacing * params.dyStride;
          next += params.advance;
        }
        xColumn += params.tapColumnStep;
      }
    }
  }

  let copy = dyVector / params.vectors;
  store(0u, chunk, copy, vector, s0);
  store(1u, chunk, copy, vector, s1);
  store(2u, chunk, copy, vector, s2);
  if (KERNEL > 3u) {
    store(3u, chunk, copy, vector, s3);
    store(4u, chunk, copy, vector, s4);
  }
}
