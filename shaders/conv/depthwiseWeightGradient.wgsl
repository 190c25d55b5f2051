// Gradient of a depthwise convolution's weights, dw[tap, c] = sum over pixels of x[pixel at tap, c] dy[pixel, c], in chunks
// of pixels: `chunks` partial sums, which reduce/columnSums adds (with one chunk: dw itself).
//
// Layout: x, dy are views of pixels x vec4s of channels; dw lies in chunks of a row of vec4s a tap.
// An invocation computes one tap of four channels over one chunk.
// Grid: one invocation a tap and vec4, chunk by chunk, folded into x and y.

struct Params {
  chunks: u32,
  vectors: u32,
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
  wOffset: u32,
  wStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let taps = params.tapRows * params.tapColumns;
  if (index >= params.chunks * taps * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let tap = index / params.vectors % taps;
  let chunk = index / params.vectors / taps;
  let tapRow = i32(tap / params.tapColumns) * params.tapRowStep + params.rowStart;
  let tapColumn = i32(tap % params.tapColumns) * params.tapColumnStep + params.columnStart;

  let start = chunk * params.chunkPixels;
  let end = min(start + params.chunkPixels, params.pixels);
  var b = start % params.width;
  var a = start / params.width % params.height;
  var image = start / params.width / params.height;
  var sum: vec4f;
  for (var pixel = start; pixel < end; pixel++) {
    let xRow = i32(a) * params.rowStep + tapRow;
    let xColumn = i32(b) * params.columnStep + tapColumn;
    let inside = xRow >= 0 && xRow < i32(params.xHeight) && xColumn >= 0 && xColumn < i32(params.xWidth);
    let place = select(0u, (image * params.xHeight + u32(xRow)) * params.xWidth + u32(xColumn), inside);
    let value = select(vec4f(0.0), x[params.xOffset + place * params.xStride + vector], inside);
    sum += value * dy[params.dyOffset + pixel * params.dyStride + vector];
    b += 1u;
    let rowEnds = b == params.width;
    b = select(b, 0u, rowEnds);
    a = select(a, a + 1u, rowEnds);
    let imageEnds = a == params.height;
    a = select(a, 0u, imageEnds);
    image = select(image, image + 1u, imageEnds);
  }
  dw[params.wOffset + (chunk * taps + tap) * params.wStride + vector] = sum;
}
