// Depthwise convolution with a 3 x 3 or 5 x 5 kernel, y[pixel, e, c] = sum over taps of x[pixel at tap, c] * w[tap,
// e, c] (+ bias), with relu of max(x, 0), normalised of (x - mean) * scale + shift in place of x, per channel. With
// the weights of the taps in reverse order also its gradient by the input, y[pixel, c] = sum over copies e and taps
// of x[pixel at tap, e, c] * w[tap, e, c], where gated zero where gate is not positive.
//
// Layout: x, y and gate are views of pixels x vec4s of channels, copies one after the other; w has a row of vec4s
// per tap and copy; factors is [3][channelVectors]: mean, scale, shift. Tap (i, j) of output (row, column) reads x
// at (row, column) * step + start + (i, j) * tapStep, where with STRETCHED x is dilated: its rows are `rowStretch`
// apart and its columns `columnStretch` apart, with zeros between them.
// An invocation keeps the weights of four channels and slides along `run` pixels of a band of `rowsEach` (at most
// ROWS) rows, one tap apart, then of the next band, `bandsEach` in all. Each iteration adds one column of x to the
// outputs that have a tap there, KERNEL per row, and completes the last of them. Successive outputs are `advance`
// iterations and `spacing` columns apart. Copies after the first add to what the first one has written.
// Grid: one invocation per run, `bandsEach` bands of the images and vec4 of outputs; workgroups in x, then y.

struct Params {
  strips: u32,
  columnStrips: u32,
  bands: u32,
  bandsEach: u32,
  imageBands: u32,
  rowSpacing: u32,
  run: u32,
  spacing: u32,
  advance: u32,
  height: u32,
  width: u32,
  vectors: u32,
  channelVectors: u32,
  copies: u32,
  summedCopies: u32,
  yOffset: u32,
  yStride: u32,
  gateOffset: u32,
  gateStride: u32,
  xOffset: u32,
  xStride: u32,
  xHeight: i32,
  xWidth: i32,
  rowStep: i32,
  rowStart: i32,
  tapRowStep: i32,
  rowStretch: i32,
  columnStep: i32,
  columnStart: i32,
  tapColumnStep: i32,
  columnStretch: i32,
  firstTap: i32,
  tapDirection: i32,
  wOffset: u32,
  wStride: u32,
  biasOffset: u32,
  hasBias: u32,
  relu: u32,
  gated: u32,
  normalised: u32,
  rowsEach: u32,
}

const WORKGROUP: u32 = 64u;
const KERNEL: u32 = 5u;
const ROWS: u32 = 2u;
const STRETCHED: bool = false;

// Weights of a row of taps, or sums of the outputs for which the current column is at these taps.
struct Taps {
  t0: vec4f,
  t1: vec4f,
  t2: vec4f,
  t3: vec4f,
  t4: vec4f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> gate: array<vec4f>;
@group(0) @binding(5) var<storage, read> factors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>;

// Factors of the invocation's channels.
var<private> mean: vec4f;
var<private> scale: vec4f;
var<private> offset: vec4f;

fn floorDivide(value: i32, divisor: i32) -> i32 {
  return (value - select(0, divisor - 1, value < 0)) / divisor;
}

// Position in x of column 0 of the row that tap row i reads, -1 outside the image and between the rows of a dilated x.
fn rowPlace(image: u32, row: u32, i: i32) -> i32 {
  let stretchedRow = i32(row) * params.rowStep + params.rowStart + i * params.tapRowStep;
  var xRow = stretchedRow;
  if (STRETCHED) {
    xRow = floorDivide(stretchedRow, params.rowStretch);
  }
  let isRow = !STRETCHED || xRow * params.rowStretch == stretchedRow;
  let inside = isRow && xRow >= 0 && xRow < params.xHeight;
  let pixel = (i32(image) * params.xHeight + xRow) * params.xWidth;
  return select(-1, i32(params.xOffset) + pixel * i32(params.xStride), inside);
}

fn load(row: i32, inside: bool, place: u32) -> vec4f {
  let isPixel = inside && row >= 0;
  var value = x[select(params.xOffset, u32(row) + place, isPixel)];
  value = select(vec4f(0.0), (value - mean) * scale + offset, isPixel);
  return select(value, max(value, vec4f(0.0)), params.relu != 0u);
}

fn weight(i: i32, j: i32, copy: u32, vector: u32) -> vec4f {
  let tap = params.firstTap + (i * i32(KERNEL) + j) * params.tapDirection;
  return w[params.wOffset + (u32(tap) * params.copies + copy) * params.wStride + vector];
}

fn weights(i: i32, copy: u32, vector: u32) -> Taps {
  var row: Taps;
  row.t0 = weight(i, 0, copy, vector);
  row.t1 = weight(i, 1, copy, vector);
  row.t2 = weight(i, 2, copy, vector);
  if (KERNEL > 3u) {
    row.t3 = weight(i, 3, copy, vector);
    row.t4 = weight(i, 4, copy, vector);
  }
  return row;
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

// Shifts the sums by one column.
fn shift(sums: Taps, start: vec4f) -> Taps {
  var result: Taps;
  result.t0 = start;
  result.t1 = sums.t0;
  result.t2 = sums.t1;
  if (KERNEL > 3u) {
    result.t3 = sums.t2;
    result.t4 = sums.t3;
  }
  return result;
}

fn whole(sums: Taps) -> vec4f {
  if (KERNEL > 3u) {
    return sums.t4;
  }
  return sums.t2;
}

fn store(pixel: u32, vector: u32, copy: u32, sum: vec4f) {
  let place = params.yOffset + pixel * params.yStride + vector;
  var value = sum;
  if (copy > 0u) {
    value += y[place];
  }
  if (params.gated != 0u) {
    let isOpen = gate[params.gateOffset + pixel * params.gateStride + vector] > vec4f(0.0);
    value = select(vec4f(0.0), value, isOpen);
  }
  y[place] = value;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.strips * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let strip = index / params.vectors;
  let columnStrip = strip % params.columnStrips;
  let column = (columnStrip / params.spacing) * params.spacing * params.run + columnStrip % params.spacing;
  if (column >= params.width) {
    return;
  }
  let firstBand = strip / params.columnStrips * params.bandsEach;
  let endBand = min(firstBand + params.bandsEach, params.bands);
  let count = min(params.run, (params.width - column + params.spacing - 1u) / params.spacing);
  let turns = KERNEL + (count - 1u) * params.advance;
  let start = i32(column) * params.columnStep + params.columnStart;
  var startColumn = start;
  var columnsATap = params.tapColumnStep;
  var restATap = 0;
  if (STRETCHED) {
    startColumn = floorDivide(start, params.columnStretch);
    columnsATap = params.tapColumnStep / params.columnStretch;
    restATap = params.tapColumnStep % params.columnStretch;
  }
  let firstCopy = vector / params.channelVectors;
  let channelVector = vector % params.channelVectors;
  scale = vec4f(1.0);
  if (params.normalised != 0u) {
    mean = factors[channelVector];
    scale = factors[params.channelVectors + channelVector];
    offset = factors[2u * params.channelVectors + channelVector];
  }
  var first: vec4f;
  if (params.hasBias != 0u) {
    first = bias[params.biasOffset + vector];
  }

  for (var copy = 0u; copy < params.summedCopies; copy++) {
    let w0 = weights(0, firstCopy + copy, channelVector);
    let w1 = weights(1, firstCopy + copy, channelVector);
    let w2 = weights(2, firstCopy + copy, channelVector);
    var w3: Taps;
    var w4: Taps;
    if (KERNEL > 3u) {
      w3 = weights(3, firstCopy + copy, channelVector);
      w4 = weights(4, firstCopy + copy, channelVector);
    }
    let xVector = channelVector + copy * params.channelVectors;
    for (var band = firstBand; band < endBand; band++) {
      let imageBand = band % params.imageBands;
      let image = band / params.imageBands;
      let row = (imageBand / params.rowSpacing) * params.rowSpacing * params.rowsEach + imageBand % params.rowSpacing;
      if (row >= params.height) {
        continue;
      }
      let hasNextRow = params.rowsEach > 1u && row + params.rowSpacing < params.height;
      let yPixel = (image * params.height + row) * params.width + column;
      let yNextPixel = yPixel + params.rowSpacing * params.width;
      let row0 = rowPlace(image, row, 0);
      let row1 = rowPlace(image, row, 1);
      let row2 = rowPlace(image, row, 2);
      let row3 = rowPlace(image, row, 3);
      let row4 = rowPlace(image, row, 4);
      let row5 = rowPlace(image, row, 5);
      var sums = Taps(first, first, first, first, first);
      var nextSums = sums;
      // Column of x, and the distance to it in the dilated image.
      var xColumn = startColumn;
      var rest = start - startColumn * params.columnStretch;
      var next = KERNEL - 1u;
      var done = 0u;
      for (var turn = 0u; turn < turns; turn++) {
        let inside = (!STRETCHED || rest == 0) && xColumn >= 0 && xColumn < params.xWidth;
        if (!STRETCHED || inside) {
          let place = u32(xColumn) * params.xStride + xVector;
          if (!STRETCHED || row0 >= 0) {
            let value = load(row0, inside, place);
            sums = multiplyAdd(sums, value, w0);
          }
          if (!STRETCHED || row1 >= 0) {
            let value = load(row1, inside, place);
            sums = multiplyAdd(sums, value, w1);
            if (ROWS > 1u) {
              nextSums = multiplyAdd(nextSums, value, w0);
            }
          }
          if (!STRETCHED || row2 >= 0) {
            let value = load(row2, inside, place);
            sums = multiplyAdd(sums, value, w2);
            if (ROWS > 1u) {
              nextSums = multiplyAdd(nextSums, value, w1);
            }
          }
          if ((KERNEL > 3u || ROWS > 1u) && (!STRETCHED || row3 >= 0)) {
            let value = load(row3, inside, place);
            if (KERNEL > 3u) {
              sums = multiplyAdd(sums, value, w3);
            }
            if (ROWS > 1u) {
              nextSums = multiplyAdd(nextSums, value, w2);
            }
          }
          if (KERNEL > 3u && (!STRETCHED || row4 >= 0)) {
            let value = load(row4, inside, place);
            sums = multiplyAdd(sums, value, w4);
            if (ROWS > 1u) {
              nextSums = multiplyAdd(nextSums, value, w3);
            }
          }
          if (KERNEL > 3u && ROWS > 1u && (!STRETCHED || row5 >= 0)) {
            let value = load(row5, inside, place);
            nextSums = multiplyAdd(nextSums, value, w4);
          }
        }
        if (turn == next) {
          store(yPixel + done, vector, copy, whole(sums));
          if (hasNextRow) {
            store(yNextPixel + done, vector, copy, whole(nextSums));
          }
          done += params.spacing;
          next += params.advance;
        }
        sums = shift(sums, first);
        if (ROWS > 1u) {
          nextSums = shift(nextSums, first);
        }
        xColumn += columnsATap;
        rest += restATap;
        if (rest >= params.columnStretch) {
          rest -= params.columnStretch;
          xColumn++;
        }
      }
    }
  }
}
