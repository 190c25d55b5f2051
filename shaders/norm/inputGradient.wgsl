// Gradient of batch norm by its input: dx = a * dy + (b * (x - mean) + c) per channel. With RELU dy counts only
// where (x - mean) * a + beta > 0, where the ReLU passes the gradient.
// Layout: dy, x and dx are views of rows x vectors vec4s; factors is [4][vectors]: mean, a, b, c; beta is a row of
// vectors vec4s, 0 without AFFINE.
// Grid: one invocation per (chunk of rows, column); workgroups in x, then y. Chunk c consists of every rowStep-th
// row from c * chunkStart, within chunkSpan rows.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  chunkStart: u32,
  chunkSpan: u32,
  rowStep: u32,
  dyOffset: u32,
  dyStride: u32,
  xOffset: u32,
  xStride: u32,
  dxOffset: u32,
  dxStride: u32,
  betaOffset: u32,
}

const WORKGROUP: u32 = 64u;
const RELU: bool = false;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> factors: array<vec4f>;
@group(0) @binding(4) var<storage, read> beta: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let mean = factors[vector];
  let a = factors[params.vectors + vector];
  let b = factors[2u * params.vectors + vector];
  let c = factors[3u * params.vectors + vector];
  var shift: vec4f;
  if (RELU && AFFINE) {
    shift = beta[params.betaOffset + vector];
  }
  let start = (index / params.vectors) * params.chunkStart;
  let end = min(start + params.chunkSpan, params.rows);
  for (var row = start; row < end; row += params.rowStep) {
    let centred = x[params.xOffset + row * params.xStride + vector] - mean;
    var g = dy[params.dyOffset + row * params.dyStride + vector];
    if (RELU) {
      g = select(vec4f(0.0), g, centred * a + shift > vec4f(0.0));
    }
    dx[params.dxOffset + row * params.dxStride + vector] = a * g + (b * centred + c);
  }
}
