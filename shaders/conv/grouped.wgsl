// Grouped convolution with any group size, y[pixel, k] = sum over taps and c of x[pixel at tap, group(k) c] * w[tap,
// c, k] (+ bias); with GRADIENT its gradient by the input, y[pixel, c] = sum over taps and k of x[pixel from tap, k]
// * w[tap, c, k], where x is the gradient of the output. For the groups that conv/conv2d and conv/depthwise do not
// support.
//
// Layout: x and y are views of pixels x channels; w has `wRows` rows per tap (the input channels of a group) of all
// output channels. Offsets and strides are in vec4s. xChannels and yChannels are the channels of one group.
// An invocation computes four channels of one pixel of y.
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  channels: u32,
  xChannels: u32,
  yChannels: u32,
  height: u32,
  width: u32,
  yOffset: u32,
  yStride: u32,
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
  biasOffset: u32,
  wStride: u32,
  wRows: u32,
}

const WORKGROUP: u32 = 64u;
const GRADIENT: bool = false;
const BIAS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

// Position of the input of output `a` at tap `i`; -1 where there is none.
fn source(a: u32, i: u32, stride: i32, padding: i32, dilation: i32, size: u32) -> i32 {
  var place = i32(a) * stride - padding + i32(i) * dilation;
  if (GRADIENT) {
    let scaled = i32(a) + padding - i32(i) * dilation;
    place = select(-1, scaled / stride, scaled >= 0 && scaled % stride == 0);
  }
  return select(-1, place, place >= 0 && place < i32(size));
}

fn channelSum(image: u32, a: u32, b: u32, channel: u32) -> f32 {
  let group = channel / params.yChannels;
  let inGroup = channel % params.yChannels;
  var sum = 0.0;
  for (var i = 0u; i < params.tapRows; i++) {
    let row = source(a, i, params.rowStride, params.top, params.rowDilation, params.xHeight);
    for (var j = 0u; j < params.tapColumns; j++) {
      let column = source(b, j, params.columnStride, params.left, params.columnDilation, params.xWidth);
      let inside = row >= 0 && column >= 0;
      let pixel = select(0u, (image * params.xHeight + u32(row)) * params.xWidth + u32(column), inside);
      let xPlace = (params.xOffset + pixel * params.xStride) * 4u + group * params.xChannels;
      let tap = params.wOffset * 4u + (i * params.tapColumns + j) * params.wRows * params.wStride * 4u;
      for (var c = 0u; c < params.xChannels; c++) {
        var wPlace = tap + c * params.wStride * 4u + channel;
        if (GRADIENT) {
          wPlace = tap + inGroup * params.wStride * 4u + group * params.xChannels + c;
        }
        sum += select(0.0, x[xPlace + c], inside) * w[wPlace];
      }
    }
  }
  if (BIAS) {
    sum += bias[params.biasOffset * 4u + channel];
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let pixel = index / params.vectors;
  let vector = index % params.vectors;
  let b = pixel % params.width;
  let a = (pixel / params.width) % params.height;
  let image = pixel / params.width / params.height;
  var sum: vec4f;
  for (var lane = 0u; lane < 4u; lane++) {
    let channel = vector * 4u + lane;
    if (channel < params.channels) {
      sum[lane] = channelSum(image, a, b, channel);
    }
  }
  y[params.yOffset + pixel * params.yStride + vector] = sum;
}
