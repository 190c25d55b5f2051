// Gradient by x of batch mean and variance: dx = (dmean + 2 * dvariance * (x - mean)) / rows per channel.
// Layout: x and dx are views of rows x vectors vec4s; mean, dmean and dvariance are rows of vectors vec4s.
// Grid: one invocation per (chunk of rows, column); workgroups in x, then y. Chunk c consists of every rowStep-th
// row from c * chunkStart, within chunkSpan rows.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  chunkStart: u32,
  chunkSpan: u32,
  rowStep: u32,
  xOffset: u32,
  xStride: u32,
  meanOffset: u32,
  dmeanOffset: u32,
  dvarianceOffset: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read> dmean: array<vec4f>;
@group(0) @binding(4) var<storage, read> dvariance: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let average = mean[params.meanOffset + vector];
  let even = dmean[params.dmeanOffset + vector];
  let spread = 2.0 * dvariance[params.dvarianceOffset + vector];
  let start = (index / params.vectors) * params.chunkStart;
  let end = min(start + params.chunkSpan, params.rows);
  for (var row = start; row < end; row += params.rowStep) {
    let centred = x[params.xOffset + row * params.xStride + vector] - average;
    dx[params.dxOffset + row * params.dxStride + vector] = (even + spread * centred) / f32(params.rows);
  }
}
