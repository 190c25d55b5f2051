// Mean over the window of every output pixel: over its taps inside the image, or inside the padded image with
// COUNT_PADDING (padding counts as zeros).
// Layout: x is a view of [images, inputHeight, inputWidth] rows, y of [images, outputHeight, outputWidth] rows of vectors
// vec4s.
// Grid: one invocation a (image, strip of stripRows rows, column, vec4) of y, folded into x and y.

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
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
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
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.images * params.strips * u32(params.outputWidth) * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let columns = index / params.vectors;
  let column = i32(columns % u32(params.outputWidth));
  let strips = columns / u32(params.outputWidth);
  let image = i32(strips / params.strips);
  let startRow = i32(strips % params.strips) * params.stripRows;
  let endRow = min(startRow + params.stripRows, params.outputHeight);
  let firstColumn = column * STRIDE_WIDTH - params.paddingLeft;
  for (var row = startRow; row < endRow; row++) {
    let firstRow = row * STRIDE_HEIGHT - params.paddingTop;
    var sum = vec4f(0.0);
    var count = 0.0;
    for (var r = 0; r < KERNEL_HEIGHT; r++) {
      let inputRow = firstRow + r * DILATION_HEIGHT;
      let nearestRow = clamp(inputRow, 0, params.inputHeight - 1);
      let line = (image * params.inputHeight + nearestRow) * params.inputWidth;
      for (var c = 0; c < KERNEL_WIDTH; c++) {
        // A tap in the padding loads the nearest pixel and is left out: cheaper than a branch.
        let inputColumn = firstColumn + c * DILATION_WIDTH;
        let nearestColumn = clamp(inputColumn, 0, params.inputWidth - 1);
        let inside = nearestRow == inputRow && nearestColumn == inputColumn;
        let value = x[params.xOffset + u32(line + nearestColumn) * params.xStride + vector];
        sum += select(vec4f(0.0), value, vec4<bool>(inside));
        var counted = inside;
        if (COUNT_PADDING) {
          counted = inputRow < params.inputHeight + params.paddingBottom
            && inputColumn < params.inputWidth + params.paddingRight;
        }
        count += select(0.0, 1.0, counted);
      }
    }
    let pixel = u32((image * params.outputHeight + row) * params.outputWidth + column);
    y[params.yOffset + pixel * params.yStride + vector] = sum / count;
  }
}
