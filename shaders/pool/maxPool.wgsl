// Maximum over the window of every output pixel, and which tap won: the first in row-major order among equals. Padding
// never wins.
// Layout: x is a view of [batch, inputHeight, inputWidth] rows, y of [batch, outputHeight, outputWidth] rows of vectors
// vec4s. winners has one u32 for each vec4 of y, the winning tap (row * kernelWidth + column) of each lane in a byte; the
// words after the last are zero up to a multiple of four.
// Grid: one invocation a vec4 of y, folded into x and y.

struct Params {
  batch: u32,
  vectors: u32,
  inputHeight: i32,
  inputWidth: i32,
  outputHeight: u32,
  outputWidth: u32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  paddingTop: i32,
  paddingLeft: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> winners: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let pixels = params.batch * params.outputHeight * params.outputWidth;
  let total = pixels * params.vectors;
  if (index >= total) {
    return;
  }
  let vector = index % params.vectors;
  let pixel = index / params.vectors;
  let column = pixel % params.outputWidth;
  let line = pixel / params.outputWidth;
  let row = line % params.outputHeight;
  let image = i32(line / params.outputHeight);
  let startRow = i32(row) * params.strideHeight - params.paddingTop;
  let startColumn = i32(column) * params.strideWidth - params.paddingLeft;
  // The taps inside the image, first and one past the last.
  let firstRow = max(0, (params.dilationHeight - 1 - startRow) / params.dilationHeight);
  let firstColumn = max(0, (params.dilationWidth - 1 - startColumn) / params.dilationWidth);
  let endRow = min(params.kernelHeight, (params.inputHeight - 1 - startRow) / params.dilationHeight + 1);
  let endColumn = min(params.kernelWidth, (params.inputWidth - 1 - startColumn) / params.dilationWidth + 1);
  var best = vec4f(-3.402823466e38);
  var winner = vec4u(u32(firstRow * params.kernelWidth + firstColumn));
  for (var r = firstRow; r < endRow; r++) {
    let inputRow = (image * params.inputHeight + startRow + r * params.dilationHeight) * params.inputWidth;
    for (var c = firstColumn; c < endColumn; c++) {
      let place = u32(inputRow + startColumn + c * params.dilationWidth);
      let value = x[params.xOffset + place * params.xStride + vector];
      let better = value > best;
      best = select(best, value, better);
      winner = select(winner, vec4u(u32(r * params.kernelWidth + c)), better);
    }
  }
  y[params.yOffset + pixel * params.yStride + vector] = best;
  winners[index] = winner.x | (winner.y << 8u) | (winner.z << 16u) | (winner.w << 24u);
  if (index == total - 1u) {
    for (var i = total; i % 4u != 0u; i++) {
      winners[i] = 0u;
    }
  }
}
