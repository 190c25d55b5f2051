// Mean over the window of every output pixel: over its taps inside the image, or inside the padded image with
// COUNT_PADDING (padding counts as zeros).
// Layout: x is a view of [batch, inputHeight, inputWidth] rows, y of [batch, outputHeight, outputWidth] rows of vectors
// vec4s.
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
  paddingBottom: i32,
  paddingRight: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT_PADDING: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.batch * params.outputHeight * params.outputWidth * params.vectors) {
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
  var sum = vec4f(0.0);
  for (var r = firstRow; r < endRow; r++) {
    let inputRow = (image * params.inputHeight + startRow + r * params.dilationHeight) * params.inputWidth;
    for (var c = firstColumn; c < endColumn; c++) {
      let place = u32(inputRow + startColumn + c * params.dilationWidth);
      sum += x[params.xOffset + place * params.xStride + vector];
    }
  }
  var count = (endRow - firstRow) * (endColumn - firstColumn);
  if (COUNT_PADDING) {
    let paddedHeight = params.inputHeight + params.paddingBottom;
    let paddedWidth = params.inputWidth + params.paddingRight;
    count = min(params.kernelHeight, (paddedHeight - 1 - startRow) / params.dilationHeight + 1)
      * min(params.kernelWidth, (paddedWidth - 1 - startColumn) / params.dilationWidth + 1);
  }
  y[params.yOffset + pixel * params.yStride + vector] = sum / f32(count);
}
