// dx of the max pool in gather form: every input pixel takes dy of the windows that chose it, in row-major order of taps.
// Layout: dy is a view of [batch, outputHeight, outputWidth] rows, dx of [batch, inputHeight, inputWidth] rows of vectors
// vec4s; winners as the forward kernel wrote them.
// Grid: one invocation a vec4 of dx, folded into x and y.

struct Params {
  batch: u32,
  vectors: u32,
  inputHeight: u32,
  inputWidth: u32,
  outputHeight: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  paddingTop: i32,
  paddingLeft: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  dyOffset: u32,
  dyStride: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> winners: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.batch * params.inputHeight * params.inputWidth * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let pixel = index / params.vectors;
  let column = i32(pixel % params.inputWidth) + params.paddingLeft;
  let line = pixel / params.inputWidth;
  let row = i32(line % params.inputHeight) + params.paddingTop;
  let image = i32(line / params.inputHeight);
  var sum = vec4f(0.0);
  for (var r = 0; r < params.kernelHeight; r++) {
    let reachedRow = row - r * params.dilationHeight;
    let outputRow = reachedRow / params.strideHeight;
    if (reachedRow < 0 || outputRow * params.strideHeight != reachedRow || outputRow >= params.outputHeight) {
      continue;
    }
    for (var c = 0; c < params.kernelWidth; c++) {
      let reachedColumn = column - c * params.dilationWidth;
      let outputColumn = reachedColumn / params.strideWidth;
      if (reachedColumn < 0 || outputColumn * params.strideWidth != reachedColumn || outputColumn >= params.outputWidth) {
        continue;
      }
      let place = u32((image * params.outputHeight + outputRow) * params.outputWidth + outputColumn);
      let packed = winners[place * params.vectors + vector];
      let taps = (vec4u(packed) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
      let chosen = taps == vec4u(u32(r * params.kernelWidth + c));
      sum += select(vec4f(0.0), dy[params.dyOffset + place * params.dyStride + vector], chosen);
    }
  }
  dx[params.dxOffset + pixel * params.dxStride + vector] = sum;
}
