// dx of the average pool in gather form: every input pixel takes its share of dy of every window that holds it.
// Layout: dy is a view of [batch, outputHeight, outputWidth] rows, dx of [batch, inputHeight, inputWidth] rows of vectors
// vec4s.
// Grid: one invocation a vec4 of dx, folded into x and y.

struct Params {
  batch: u32,
  vectors: u32,
  inputHeight: i32,
  inputWidth: i32,
  outputHeight: i32,
  outputWidth: i32,
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
  dyOffset: u32,
  dyStride: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT_PADDING: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

// Taps of a window that are counted: those inside the image, or inside the padded image.
fn countTaps(start: i32, dilation: i32, extent: i32, paddingEnd: i32, taps: i32) -> i32 {
  if (COUNT_PADDING) {
    return min(taps, (extent + paddingEnd - 1 - start) / dilation + 1);
  }
  let first = max(0, (dilation - 1 - start) / dilation);
  return min(taps, (extent - 1 - start) / dilation + 1) - first;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.batch * u32(params.inputHeight * params.inputWidth) * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let pixel = index / params.vectors;
  let column = i32(pixel % u32(params.inputWidth));
  let line = pixel / u32(params.inputWidth);
  let row = i32(line % u32(params.inputHeight));
  let image = i32(line / u32(params.inputHeight));
  var sum = vec4f(0.0);
  for (var r = 0; r < params.kernelHeight; r++) {
    let startRow = row - r * params.dilationHeight;
    let outputRow = (startRow + params.paddingTop) / params.strideHeight;
    if (startRow + params.paddingTop < 0 || outputRow * params.strideHeight != startRow + params.paddingTop
      || outputRow >= params.outputHeight) {
      continue;
    }
    let countRow = countTaps(startRow, params.dilationHeight, params.inputHeight, params.paddingBottom, params.kernelHeight);
    for (var c = 0; c < params.kernelWidth; c++) {
      let startColumn = column - c * params.dilationWidth;
      let outputColumn = (startColumn + params.paddingLeft) / params.strideWidth;
      if (startColumn + params.paddingLeft < 0 || outputColumn * params.strideWidth != startColumn + params.paddingLeft
        || outputColumn >= params.outputWidth) {
        continue;
      }
      let count = countRow
        * countTaps(startColumn, params.dilationWidth, params.inputWidth, params.paddingRight, params.kernelWidth);
      let place = u32((image * params.outputHeight + outputRow) * params.outputWidth + outputColumn);
      sum += dy[params.dyOffset + place * params.dyStride + vector] / f32(count);
    }
  }
  dx[params.dxOffset + pixel * params.dxStride + vector] = sum;
}
