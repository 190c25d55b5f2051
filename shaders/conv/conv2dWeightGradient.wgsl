// Gradient of a convolution's weights, dw[tap, c, k] = sum over pixels of x[pixel at tap, c] dy[pixel, k], in chunks of
// pixels: `chunks` partial sums, which reduce/columnSums adds (with one chunk: dw itself).
//
// Layout: x, dy are views of pixels x vec4s of channels; dw lies in chunks of `wTaps` taps of `wRows` rows (input channels)
// of vec4s over the output channels.
// An invocation computes 8 input channels x 8 output channels of one tap over one chunk.
// Grid: one invocation a block, chunk by chunk, folded into x and y.

struct Params {
  chunks: u32,
  blocks: u32,
  rowBlocks: u32,
  columnBlocks: u32,
  pixels: u32,
  chunkPixels: u32,
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
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>;

fn store(rowPlace: u32, row: u32, column: u32, group: u32, value: vec4f) {
  if (row < params.wRows && column < params.columnVectors) {
    dw[(rowPlace + row) * params.wStride + params.wOffset + group * params.columnVectors + column] = value;
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.blocks * params.chunks) {
    return;
  }
  let chunk = index / params.blocks;
  var block = index % params.blocks;
  let column = block % params.columnBlocks * 2u;
  block /= params.columnBlocks;
  let row = block % params.rowBlocks * 2u;
  block /= params.rowBlocks;
  let taps = params.tapRows * params.tapColumns;
  let tap = block % taps;
  let group = block / taps;

  let tapRow = i32(tap / params.tapColumns) * params.tapRowStep + params.rowStart;
  let tapColumn = i32(tap % params.tapColumns) * params.tapColumnStep + params.columnStart;
  let dyPlace = params.dyOffset + group * params.columnVectors;
  let column0 = dyPlace + column;
  let column1 = dyPlace + min(column + 1u, params.columnVectors - 1u);
  let row0 = group * params.rowVectors + row;
  let row1 = group * params.rowVectors + min(row + 1u, params.rowVectors - 1u);

  let start = chunk * params.chunkPixels;
  let end = min(start + params.chunkPixels, params.pixels);
  var b = start % params.width;
  var a = start / params.width % params.height;
  var image = start / params.width / params.height;

  var p0: vec4f;
  var p1: vec4f;
  var p2: vec4f;
  var p3: vec4f;
  var p4: vec4f;
  var p5: vec4f;
  var p6: vec4f;
  var p7: vec4f;
  var q0: vec4f;
  var q1: vec4f;
  var q2: vec4f;
  var q3: vec4f;
  var q4: vec4f;
  var q5: vec4f;
  var q6: vec4f;
  var q7: vec4f;

  for (var pixel = start; pixel < end; pixel++) {
    let xRow = i32(a) * params.rowStep + tapRow;
    let xColumn = i32(b) * params.columnStep + tapColumn;
    let inside = xRow >= 0 && xRow < i32(params.xHeight) && xColumn >= 0 && xColumn < i32(params.xWidth);
    let place = select(0u, (image * params.xHeight + u32(xRow)) * params.xWidth + u32(xColumn), inside);
    let x0 = select(vec4f(0.0), x[params.xOffset + place * params.xStride + row0], inside);
    let x1 = select(vec4f(0.0), x[params.xOffset + place * params.xStride + row1], inside);
    let dy0 = dy[pixel * params.dyStride + column0];
    let dy1 = dy[pixel * params.dyStride + column1];
    p0 += x0.x * dy0;
    p1 += x0.y * dy0;
    p2 += x0.z * dy0;
    p3 += x0.w * dy0;
    p4 += x1.x * dy0;
    p5 += x1.y * dy0;
    p6 += x1.z * dy0;
    p7 += x1.w * dy0;
    q0 += x0.x * dy1;
    q1 += x0.y * dy1;
    q2 += x0.z * dy1;
    q3 += x0.w * dy1;
    q4 += x1.x * dy1;
    q5 += x1.y * dy1;
    q6 += x1.z * dy1;
    q7 += x1.w * dy1;
    b += 1u;
    let rowEnds = b == params.width;
    b = select(b, 0u, rowEnds);
    a = select(a, a + 1u, rowEnds);
    let imageEnds = a == params.height;
    a = select(a, 0u, imageEnds);
    image = select(image, image + 1u, imageEnds);
  }

  let rowPlace = (chunk * taps + tap) * params.wRows;
  store(rowPlace, row * 4u, column, group, p0);
  store(rowPlace, row * 4u + 1u, column, group, p1);
  store(rowPlace, row * 4u + 2u, column, group, p2);
  store(rowPlace, row * 4u + 3u, column, group, p3);
  store(rowPlace, row * 4u + 4u, column, group, p4);
  store(rowPlace, row * 4u + 5u, column, group, p5);
  store(rowPlace, row * 4u + 6u, column, group, p6);
  store(rowPlace, row * 4u + 7u, column, group, p7);
  store(rowPlace, row * 4u, column + 1u, group, q0);
  store(rowPlace, row * 4u + 1u, column + 1u, group, q1);
  store(rowPlace, row * 4u + 2u, column + 1u, group, q2);
  store(rowPlace, row * 4u + 3u, column + 1u, group, q3);
  store(rowPlace, row * 4u + 4u, column + 1u, group, q4);
  store(rowPlace, row * 4u + 5u, column + 1u, group, q5);
  store(rowPlace, row * 4u + 6u, column + 1u, group, q6);
  store(rowPlace, row * 4u + 7u, column + 1u, group, q7);
}
