// Gradient of average pooling as a gather: each input pixel sums its share of dy over all windows that contain it.
// Layout: dy is a view of [images, outputHeight, outputWidth] rows, dx of [images, inputHeight, inputWidth] rows of
// vectors vec4s.
// Grid: one invocation per (image, strip of stripRows rows, column, vec4) of dx; workgroups in x, then y.

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
  dyOffset: u32,
  dyStride: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;
// Size and stride of square windows without dilation, so that loops unroll and divisors are constants; 0: from params.
const KERNEL: i32 = 0;
const STRIDE: i32 = 0;
const COUNT_PADDING: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

// Number of counted taps of a window along one dimension: those inside the image, or inside the padded image.
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
  let kernelHeight = select(KERNEL, params.kernelHeight, KERNEL == 0);
  let kernelWidth = select(KERNEL, params.kernelWidth, KERNEL == 0);
  let strideHeight = select(STRIDE, params.strideHeight, STRIDE == 0);
  let strideWidth = select(STRIDE, params.strideWidth, STRIDE == 0);
  let dilationHeight = select(1, params.dilationHeight, KERNEL == 0);
  let dilationWidth = select(1, params.dilationWidth, KERNEL == 0);
  // Most windows that contain a pixel, along one dimension.
  let windowsHeight = (kernelHeight - 1) * dilationHeight / strideHeight + 1;
  let windowsWidth = (kernelWidth - 1) * dilationWidth / strideWidth + 1;
  let paddedColumn = column + params.paddingLeft;
  for (var row = startRow; row < endRow; row++) {
    let paddedRow = row + params.paddingTop;
    var sum = vec4f(0.0);
    for (var i = 0; i < windowsHeight; i++) {
      let outputRow = paddedRow / strideHeight - i;
      let tapRow = (paddedRow - outputRow * strideHeight) / dilationHeight;
      let nearestRow = clamp(outputRow, 0, params.outputHeight - 1);
      let isRow = nearestRow == outputRow && tapRow < kernelHeight
        && outputRow * strideHeight + tapRow * dilationHeight == paddedRow;
      let line = (image * params.outputHeight + nearestRow) * params.outputWidth;
      let rowTaps = countTaps(
        nearestRow * strideHeight - params.paddingTop, dilationHeight, params.inputHeight, params.paddingBottom, kernelHeight);
      for (var j = 0; j < windowsWidth; j++) {
        // A window that does not exist loads the nearest one and is ignored, which is cheaper than a branch.
        let outputColumn = paddedColumn / strideWidth - j;
        let tapColumn = (paddedColumn - outputColumn * strideWidth) / dilationWidth;
        let nearestColumn = clamp(outputColumn, 0, params.outputWidth - 1);
        let holds = isRow && nearestColumn == outputColumn && tapColumn < kernelWidth
          && outputColumn * strideWidth + tapColumn * dilationWidth == paddedColumn;
        let place = u32(line + nearestColumn);
        let columnTaps = countTaps(
          nearestColumn * strideWidth - params.paddingLeft, dilationWidth, params.inputWidth, params.paddingRight, kernelWidth);
        let share = select(0.0, 1.0 / f32(rowTaps * columnTaps), holds);
        sum += share * dy[params.dyOffset + place * params.dyStride + vector];
      }
    }
    let pixel = u32((image * params.inputHeight + row) * params.inputWidth + column);
    dx[params.dxOffset + pixel * params.dxStride + vector] = sum;
  }
}
