// Gradient of a grouped convolution with any group size by its weights, dw[tap, c, k] = sum over pixels of x[pixel
// at tap, group(k) c] * dy[pixel, k]. For the groups that conv/conv2dWeightGradient does not support.
//
// Layout: x and dy are views of pixels x channels; dw has `wRows` rows per tap (the input channels of a group,
// `xChannels`, and padding) of vec4s over all output channels. Offsets and strides are in vec4s.
// An invocation computes four weights.
// Grid: one invocation per vec4 of dw; workgroups in x, then y.

struct Params {
  vectors: u32,
  channels: u32,
  xChannels: u32,
  yChannels: u32,
  images: u32,
  height: u32,
  width: u32,
  dyOffset: u32,
  dyStride: u32,
  xOffset: u32,
  xStride: u32,
  xHeight: u32,
  xWidth: u32,
  rowStride: i32,
  columnStride: i32,
  top: i32,
  left: i32,
  rowDilation: i32,
  columnDilation: i32,
  tapRows: u32,
  tapColumns: u32,
  wOffset: u32,
  wStride: u32,
  wRows: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>;

fn weightSum(i: u32, j: u32, c: u32, channel: u32) -> f32 {
  let xChannel = params.xOffset * 4u + (channel / params.yChannels) * params.xChannels + c;
  var sum = 0.0;
  for (var image = 0u; image < params.images; image++) {
    for (var a = 0u; a < params.height; a++) {
      let row = i32(a) * params.rowStride - params.top + i32(i) * params.rowDilation;
      for (var b = 0u; b < params.width; b++) {
        let column = i32(b) * params.columnStride - params.left + i32(j) * params.columnDilation;
        let inside = row >= 0 && row < i32(params.xHeight) && column >= 0 && column < i32(params.xWidth);
        let pixel = select(0u, (image * params.xHeight + u32(row)) * params.xWidth + u32(column), inside);
        let dyPixel = (image * params.height + a) * params.width + b;
        let gradient = dy[(params.dyOffset + dyPixel * params.dyStride) * 4u + channel];
        sum += select(0.0, x[xChannel + pixel * params.xStride * 4u], inside) * gradient;
      }
    }
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.tapRows * params.tapColumns * params.wRows * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let row = index / params.vectors;
  let c = row % params.wRows;
  let tap = row / params.wRows;
  var sum: vec4f;
  for (var lane = 0u; lane < 4u; lane++) {
    let channel = vector * 4u + lane;
    if (c < params.xChannels && channel < params.channels) {
      sum[lane] = weightSum(tap / params.tapColumns, tap % params.tapColumns, c, channel);
    }
  }
  dw[params.wOffset + row * params.wStride + vector] = sum;
}
