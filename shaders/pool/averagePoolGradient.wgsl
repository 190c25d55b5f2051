// dx of the average pool in gather form: every input pixel takes its share of dy of every window that holds it.
// Layout: dy is a view of [images, outputHeight, outputWidth] rows, dx of [images, inputHeight, inputWidth] rows of vectors
// vec4s.
// Grid: one invocation a (image, strip of stripRows rows, column, vec4) of dx, folded into x and y.

struct Params {
  images: u32,
  vectors: u32,
  stripRows: i32,
  strips: u32,
  inputHeight: i32,
  inputWidth: i32,
  outputHeight: i32,
  outputWidth: i32,
  paddingTop: i32,
  paddingLeft: i32,
  paddingBottom: i32,
  paddingRight: i32,
  dyOffset: u32,
  dyStride: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;
// Constants, so that loops unroll and nothing is divided by a variable: networks have few kinds of pooling.
const KERNEL_HEIGHT: i32 = 3;
const KERNEL_WIDTH: i32 = 3;
const STRIDE_HEIGHT: i32 = 1;
const STRIDE_WIDTH: i32 = 1;
const DILATION_HEIGHT: i32 = 1;
const DILATION_WIDTH: i32 = 1;
const COUNT_PADDING: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

// Taps, along one dimension, of a window that are counted: those inside the image, or inside the padded image.
fn countTaps(start: i32, dilation: i32, extent: i32, paddingEnd: i32, taps: i32) -> i32 {
  if (COUNT_PADDING) {
    return min(taps, (extent + paddingEnd - 1 - start) / dilation + 1);
  }
  return min(taps, (extent - 1 - start) / dilation + 1) - max(0, (dilation - 1 - start) / dilation);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.images * params.strips * u32(params.inputWidth) * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let columns = index / params.vectors;
  let column = i32(columns % u32(params.inputWidth));
  let strips = columns / u32(params.inputWidth);
  let image = i32(strips / params.strips);
  let startRow = i32(strips % params.strips) * params.stripRows;
  let endRow = min(startRow + params.stripRows, params.inputHeight);
  let paddedColumn = column + params.paddingLeft;
  for (var row = startRow; row < endRow; row++) {
    var sum = vec4f(0.0);
    for (var r = 0; r < KERNEL_HEIGHT; r++) {
      let windowRow = row + params.paddingTop - r * DILATION_HEIGHT;
      let outputRow = windowRow / STRIDE_HEIGHT;
      if (windowRow < 0 || outputRow * STRIDE_HEIGHT != windowRow || outputRow >= params.outputHeight) {
        continue;
      }
      let rowTaps = countTaps(
        windowRow - params.paddingTop, DILATION_HEIGHT, params.inputHeight, params.paddingBottom, KERNEL_HEIGHT);
      let line = (image * params.outputHeight + outputRow) * params.outputWidth;
      for (var c = 0; c < KERNEL_WIDTH; c++) {
        let windowColumn = paddedColumn - c * DILATION_WIDTH;
        let outputColumn = windowColumn / STRIDE_WIDTH;
        if (windowColumn < 0 || outputColumn * STRIDE_WIDTH != windowColumn || outputColumn >= params.outputWidth) {
          continue;
        }
        let columnTaps = countTaps(
          windowColumn - params.paddingLeft, DILATION_WIDTH, params.inputWidth, params.paddingRight, KERNEL_WIDTH);
        let place = u32(line + outputColumn);
        sum += dy[params.dyOffset + place * params.dyStride + vector] / f32(rowTaps * columnTaps);
      }
    }
    let pixel = u32((image * params.inputHeight + row) * params.inputWidth + column);
    dx[params.dxOffset + pixel * params.dxStride + vector] = sum;
  }
}
