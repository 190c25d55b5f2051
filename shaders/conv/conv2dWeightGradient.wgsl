// Gradient of a convolution by its weights, dw[tap, c, k] = sum over pixels of x[pixel at tap, c] * dy[pixel, k], in
// chunks of rows of pixels: `chunks` partial sums, which reduce/columnSums adds (with one chunk dw itself).
//
// Layout: x and dy are views of pixels x vec4s of channels; dw is chunks of taps of `wRows` rows (input channels) of
// vec4s over the output channels. Pixels of dy form `rows` rows of `width`, the last of which may be shorter.
//
// An invocation processes one chunk with SLOTS vec4s of x and two of dy per pixel. With SLIDE the vec4s of x are the
// same four channels at neighbouring taps, and pixels of a row are visited `spacing` apart, which is one tap, so
// that each needs one new vec4; without, they are neighbouring channels of one tap.
// Grid: one invocation per block of slots, chunk by chunk; workgroups in x, then y.

struct Params {
  chunks: u32,
  blocks: u32,
  rowBlocks: u32,
  columnBlocks: u32,
  tapBlocks: u32,
  pixels: u32,
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
  rowVectors: u32,
  columnVectors: u32,
  wOffset: u32,
  wStride: u32,
  wRows: u32,
  spacing: u32,
  // Four, as a uniform, so that compilers do not unroll the loops over lanes: fewer stores to compile.
  vectorRows: u32,
}

const WORKGROUP: u32 = 64u;
const SLOTS: u32 = 3u;
const SLIDE: bool = true;
// Element types of x and dy.
alias X = f32;
alias Dy = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<X>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<Dy>>;
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>;

// Four channels of x, zero outside the image; `place` is the position of the row's first pixel.
fn load(rowInside: bool, place: u32, column: i32) -> vec4f {
  let inside = rowInside && column >= 0 && column < i32(params.xWidth);
  return select(vec4f(0.0), vec4f(x[select(params.xOffset, place + u32(column) * params.xStride, inside)]), inside);
}

// Writes two vec4s of a row of dw; `taps` is the first tap of the row of the kernel.
fn store(taps: u32, tapColumn: u32, row: u32, group: u32, column: u32, value0: vec4f, value1: vec4f) {
  if (tapColumn < params.tapColumns && row < params.wRows) {
    let line = (taps + tapColumn) * params.wRows + row;
    let place = params.wOffset + line * params.wStride + group * params.columnVectors + column;
    dw[place] = value0;
    if (column + 1u < params.columnVectors) {
      dw[place + 1u] = value1;
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.blocks * params.chunks) {
    return;
  }
  let chunk = index / params.blocks;
  let column = (index % params.columnBlocks) * 2u;
  let rowIndex = (index % params.blocks) / params.columnBlocks;
  let vector = (rowIndex % params.rowBlocks) * select(SLOTS, 1u, SLIDE);
  let tapIndex = rowIndex / params.rowBlocks;
  let tapColumn = (tapIndex % params.tapBlocks) * select(1u, SLOTS, SLIDE);
  let tapRow = (tapIndex / params.tapBlocks) % params.tapRows;
  let group = tapIndex / params.tapBlocks / params.tapRows;
  let step = i32(params.spacing) * params.columnStep;
  let tapShift = i32(tapColumn) * params.tapColumnStep + params.columnStart;
  let column0 = params.dyOffset + group * params.columnVectors + column;
  let column1 = select(column0, column0 + 1u, column + 1u < params.columnVectors);
  let lastRow = params.rowVectors - 1u;
  let row0 = group * params.rowVectors + vector;
  let row1 = group * params.rowVectors + min(vector + 1u, lastRow);
  let row2 = group * params.rowVectors + min(vector + 2u, lastRow);
  let row3 = group * params.rowVectors + min(vector + 3u, lastRow);

  var p00: vec4f;
  var q00: vec4f;
  var p01: vec4f;
  var q01: vec4f;
  var p02: vec4f;
  var q02: vec4f;
  var p03: vec4f;
  var q03: vec4f;
  var p10: vec4f;
  var q10: vec4f;
  var p11: vec4f;
  var q11: vec4f;
  var p12: vec4f;
  var q12: vec4f;
  var p13: vec4f;
  var q13: vec4f;
  var p20: vec4f;
  var q20: vec4f;
  var p21: vec4f;
  var q21: vec4f;
  var p22: vec4f;
  var q22: vec4f;
  var p23: vec4f;
  var q23: vec4f;
  var p30: vec4f;
  var q30: vec4f;
  var p31: vec4f;
  var q31: vec4f;
  var p32: vec4f;
  var q32: vec4f;
  var p33: vec4f;
  var q33: vec4f;

  let end = min((chunk + 1u) * params.chunkRows, params.rows);
  for (var row = chunk * params.chunkRows; row < end; row++) {
    let xRow = i32(row % params.height) * params.rowStep + i32(tapRow) * params.tapRowStep + params.rowStart;
    let inside = xRow >= 0 && xRow < i32(params.xHeight);
    let image = row / params.height;
    let pixels = (image * params.xHeight + select(0u, u32(xRow), inside)) * params.xWidth;
    let place = params.xOffset + pixels * params.xStride;
    let start = row * params.width;
    let width = min(params.width, params.pixels - start);
    for (var phase = 0u; phase < params.spacing; phase++) {
      var xColumn = i32(phase) * params.columnStep + tapShift;
      var dyPlace = (start + phase) * params.dyStride;
      var x0: vec4f;
      var x1: vec4f;
      var x2: vec4f;
      var x3: vec4f;
      if (SLIDE) {
        x0 = load(inside, place + row0, xColumn);
        x1 = load(inside, place + row0, xColumn + params.tapColumnStep);
      }
      for (var b = phase; b < width; b += params.spacing) {
        let dy0 = vec4f(dy[dyPlace + column0]);
        let dy1 = vec4f(dy[dyPlace + column1]);
        if (SLIDE) {
          x2 = load(inside, place + row0, xColumn + 2 * params.tapColumnStep);
        } else {
          x0 = load(inside, place + row0, xColumn);
          x1 = load(inside, place + row1, xColumn);
          if (SLOTS > 2u) {
            x2 = load(inside, place + row2, xColumn);
          }
          if (SLOTS > 3u) {
            x3 = load(inside, place + row3, xColumn);
          }
        }
        p00 += x0.x * dy0;
        q00 += x0.x * dy1;
        p01 += x0.y * dy0;
        q01 += x0.y * dy1;
        p02 += x0.z * dy0;
        q02 += x0.z * dy1;
        p03 += x0.w * dy0;
        q03 += x0.w * dy1;
        p10 += x1.x * dy0;
        q10 += x1.x * dy1;
        p11 += x1.y * dy0;
        q11 += x1.y * dy1;
        p12 += x1.z * dy0;
        q12 += x1.z * dy1;
        p13 += x1.w * dy0;
        q13 += x1.w * dy1;
        if (SLOTS > 2u) {
          p20 += x2.x * dy0;
          q20 += x2.x * dy1;
          p21 += x2.y * dy0;
          q21 += x2.y * dy1;
          p22 += x2.z * dy0;
          q22 += x2.z * dy1;
          p23 += x2.w * dy0;
          q23 += x2.w * dy1;
        }
        if (SLOTS > 3u) {
          p30 += x3.x * dy0;
          q30 += x3.x * dy1;
          p31 += x3.y * dy0;
          q31 += x3.y * dy1;
          p32 += x3.z * dy0;
          q32 += x3.z * dy1;
          p33 += x3.w * dy0;
          q33 += x3.w * dy1;
        }
        if (SLIDE) {
          x0 = x1;
          x1 = x2;
        }
        xColumn += step;
        dyPlace += params.spacing * params.dyStride;
      }
    }
  }

  let taps = (chunk * params.tapRows + tapRow) * params.tapColumns;
  for (var r = 0u; r < params.vectorRows; r++) {
    let row = vector * 4u + r;
    store(taps, tapColumn, row, group, column, p00, q00);
    p00 = p01;
    q00 = q01;
    p01 = p02;
    q01 = q02;
    p02 = p03;
    q02 = q03;
    store(taps, tapColumn + select(0u, 1u, SLIDE), row + select(4u, 0u, SLIDE), group, column, p10, q10);
    p10 = p11;
    q10 = q11;
    p11 = p12;
    q11 = q12;
    p12 = p13;
    q12 = q13;
    if (SLOTS > 2u) {
      store(taps, tapColumn + select(0u, 2u, SLIDE), row + select(8u, 0u, SLIDE), group, column, p20, q20);
      p20 = p21;
      q20 = q21;
      p21 = p22;
      q21 = q22;
      p22 = p23;
      q22 = q23;
    }
    if (SLOTS > 3u) {
      store(taps, tapColumn + select(0u, 3u, SLIDE), row + select(12u, 0u, SLIDE), group, column, p30, q30);
      p30 = p31;
      q30 = q31;
      p31 = p32;
      q31 = q32;
      p32 = p33;
      q32 = q33;
    }
  }
}
