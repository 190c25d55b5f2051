// Gradient of a depthwise convolution by its weights, dw[tap, e, c] = sum over pixels of x[pixel at tap, c] *
// dy[pixel, e, c], with RELU of max(x, 0), in chunks of rows of pixels: `chunks` partial sums, which
// reduce/columnSums adds (with one chunk dw itself).
//
// Layout: x and dy are views of pixels x vec4s of channels, copies e of dy one after the other; dw is chunks of a
// row of vec4s per tap and copy.
// An invocation computes TAPS neighbouring taps of one row of the kernel, for four channels, over one chunk. With
// SLIDE, pixels of a row are visited `spacing` apart, which is one tap, so that each needs one new value of x.
// Grid: one invocation per vec4 of a copy and block of taps, chunk by chunk; workgroups in x, then y.

struct Params {
  chunks: u32,
  vectors: u32,
  copies: u32,
  tapBlocks: u32,
  rows: u32,
  chunkRows: u32,
  height: u32,
  width: u32,
  dyOffset: u32,
  dyStride: u32,
  xOffset: u32,
  xStride: u32,
  xHeight: u32,
  xWidth: u32,
  rowStep: i32,
  rowStart: i32,
  tapRowStep: i32,
  columnStep: i32,
  columnStart: i32,
  tapColumnStep: i32,
  tapRows: u32,
  tapColumns: u32,
  wOffset: u32,
  wStride: u32,
  spacing: u32,
}

const WORKGROUP: u32 = 64u;
const TAPS: u32 = 3u;
const SLIDE: bool = true;
const RELU: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>;

// Four channels of x, zero outside the image; `place` is the position of the row's first pixel.
fn load(rowInside: bool, place: u32, column: i32) -> vec4f {
  let inside = rowInside && column >= 0 && column < i32(params.xWidth);
  let value = select(vec4f(0.0), x[select(params.xOffset, place + u32(column) * params.xStride, inside)], inside);
  if (RELU) {
    return max(value, vec4f(0.0));
  }
  return value;
}

fn store(place: u32, tapColumn: u32, value: vec4f) {
  if (tapColumn < params.tapColumns) {
    dw[place + tapColumn * params.copies * params.wStride] = value;
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.tapRows * params.tapBlocks * params.copies * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let copy = (index / params.vectors) % params.copies;
  let dyVector = copy * params.vectors + vector;
  let tapIndex = index / params.vectors / params.copies;
  let tapColumn = (tapIndex % params.tapBlocks) * TAPS;
  let tapRow = (tapIndex / params.tapBlocks) % params.tapRows;
  let chunk = tapIndex / params.tapBlocks / params.tapRows;
  let step = i32(params.spacing) * params.columnStep;
  let tapShift = i32(tapColumn) * params.tapColumnStep + params.columnStart;

  var s0: vec4f;
  var s1: vec4f;
  var s2: vec4f;
  var s3: vec4f;
  var s4: vec4f;
  let end = min((chunk + 1u) * params.chunkRows, params.rows);
  for (var row = chunk * params.chunkRows; row < end; row++) {
    let xRow = i32(row % params.height) * params.rowStep + i32(tapRow) * params.tapRowStep + params.rowStart;
    let inside = xRow >= 0 && xRow < i32(params.xHeight);
    let pixels = ((row / params.height) * params.xHeight + select(0u, u32(xRow), inside)) * params.xWidth;
    let place = params.xOffset + pixels * params.xStride + vector;
    for (var phase = 0u; phase < params.spacing; phase++) {
      var xColumn = i32(phase) * params.columnStep + tapShift;
      var dyPlace = params.dyOffset + (row * params.width + phase) * params.dyStride + dyVector;
      var x0: vec4f;
      var x1: vec4f;
      var x2: vec4f;
      var x3: vec4f;
      var x4: vec4f;
      if (SLIDE) {
        x0 = load(inside, place, xColumn);
        x1 = load(inside, place, xColumn + params.tapColumnStep);
        if (TAPS > 3u) {
          x2 = load(inside, place, xColumn + 2 * params.tapColumnStep);
          x3 = load(inside, place, xColumn + 3 * params.tapColumnStep);
        }
      }
      for (var b = phase; b < params.width; b += params.spacing) {
        if (!SLIDE) {
          x0 = load(inside, place, xColumn);
          x1 = load(inside, place, xColumn + params.tapColumnStep);
        }
        if (!SLIDE || TAPS == 3u) {
          x2 = load(inside, place, xColumn + 2 * params.tapColumnStep);
        }
        if (!SLIDE && TAPS > 3u) {
          x3 = load(inside, place, xColumn + 3 * params.tapColumnStep);
        }
        if (TAPS > 3u) {
          x4 = load(inside, place, xColumn + 4 * params.tapColumnStep);
        }
        let gradient = dy[dyPlace];
        s0 += x0 * gradient;
        s1 += x1 * gradient;
        s2 += x2 * gradient;
        if (TAPS > 3u) {
          s3 += x3 * gradient;
          s4 += x4 * gradient;
        }
        if (SLIDE) {
          x0 = x1;
          x1 = x2;
          x2 = x3;
          x3 = x4;
        }
        xColumn += step;
        dyPlace += params.spacing * params.dyStride;
      }
    }
  }

  let wRow = (chunk * params.tapRows + tapRow) * params.tapColumns * params.copies + copy;
  let wPlace = params.wOffset + wRow * params.wStride + vector;
  store(wPlace, tapColumn, s0);
  store(wPlace, tapColumn + 1u, s1);
  store(wPlace, tapColumn + 2u, s2);
  if (TAPS > 3u) {
    store(wPlace, tapColumn + 3u, s3);
    store(wPlace, tapColumn + 4u, s4);
  }
}
