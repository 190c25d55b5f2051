// Average pooling: the mean over the window of each output pixel, over its taps inside the image, or with
// COUNT_PADDING inside the padded image (padding counts as zeros).
// Layout: x is a view of [images, inputHeight, inputWidth] rows, y of [images, outputHeight, outputWidth] rows of
// vectors vec4s.
// Grid: one invocation per (image, strip of stripRows rows, column, vec4) of y; workgroups in x, then y.

struct Params {
  images: u32,
  vectors: u32,
  stripRows: i32,
  strips: u32,
  inputHeight: i32,
  inputWidth: i32,
  outputHeight: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
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
// Size and stride of square windows without dilation, so that loops unroll and divisors are constants; 0: from params.
const KERNEL: i32 = 0;
const STRIDE: i32 = 0;
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
  let kernelHeight = select(KERNEL, params.kernelHeight, KERNEL == 0);
  let kernelWidth = select(KERNEL, params.kernelWidth, KERNEL == 0);
  let strideHeight = select(STRIDE, params.strideHeight, STRIDE == 0);
  let strideWidth = select(STRIDE, params.strideWidth, STRIDE == 0);
  let dilationHeight = select(1, params.dilationHeight, KERNEL == 0);
  let dilationWidth = select(1, params.dilationWidth, KERNEL == 0);
  let firstColumn = column * strideWidth - params.paddingLeft;
  for (var row = startRow; row < endRow; row++) {
    let firstRow = row * strideHeight - params.paddingTop;
    var sum = vec4f(0.0);
    var count = 0.0;
    for (var r = 0; r < kernelHeight; r++) {
      let inputRow = firstRow + r * dilationHeight;
      let nearestRow = clamp(inputRow, 0, params.inputHeight - 1);
      let line = (image * params.inputHeight + nearestRow) * params.inputWidth;
      for (var c = 0; c < kernelWidth; c++) {
        // A tap in the padding loads the nearest pixel and is ignored, which is cheaper than a branch.
        let inputColumn = firstColumn + c * dilationWidth;
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
