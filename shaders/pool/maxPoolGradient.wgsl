// dx of the max pool in gather form: every input pixel takes dy of the windows that chose it, in row-major order of
// taps.
// Layout: dy is a view of [images, outputHeight, outputWidth] rows, dx of [images, inputHeight, inputWidth] rows of vectors
// vec4s; winners as the forward kernel wrote them.
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
// Windows that may hold a pixel, along one dimension.
const WINDOWS_HEIGHT: i32 = (KERNEL_HEIGHT - 1) * DILATION_HEIGHT / STRIDE_HEIGHT + 1;
const WINDOWS_WIDTH: i32 = (KERNEL_WIDTH - 1) * DILATION_WIDTH / STRIDE_WIDTH + 1;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> winners: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;

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
    let paddedRow = row + params.paddingTop;
    var sum = vec4f(0.0);
    for (var i = 0; i < WINDOWS_HEIGHT; i++) {
      let outputRow = paddedRow / STRIDE_HEIGHT - i;
      let tapRow = (paddedRow - outputRow * STRIDE_HEIGHT) / DILATION_HEIGHT;
      let nearestRow = clamp(outputRow, 0, params.outputHeight - 1);
      let isRow = nearestRow == outputRow && tapRow < KERNEL_HEIGHT
        && outputRow * STRIDE_HEIGHT + tapRow * DILATION_HEIGHT == paddedRow;
      let line = (image * params.outputHeight + nearestRow) * params.outputWidth;
      for (var j = 0; j < WINDOWS_WIDTH; j++) {
        // A window that is none loads the nearest and is left out: cheaper than a branch.
        let outputColumn = paddedColumn / STRIDE_WIDTH - j;
        let tapColumn = (paddedColumn - outputColumn * STRIDE_WIDTH) / DILATION_WIDTH;
        let nearestColumn = clamp(outputColumn, 0, params.outputWidth - 1);
        let holds = isRow && nearestColumn == outputColumn && tapColumn < KERNEL_WIDTH
          && outputColumn * STRIDE_WIDTH + tapColumn * DILATION_WIDTH == paddedColumn;
        let place = u32(line + nearestColumn);
        let taps = (vec4u(winners[place * params.vectors + vector]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
        let chosen = (taps == vec4u(u32(tapRow * KERNEL_WIDTH + tapColumn))) & vec4<bool>(holds);
        sum += select(vec4f(0.0), dy[params.dyOffset + place * params.dyStride + vector], chosen);
      }
    }
    let pixel = u32((image * params.inputHeight + row) * params.inputWidth + column);
    dx[params.dxOffset + pixel * params.dxStride + vector] = sum;
  }
}
