// Up to five multiples of one value, y_i = w_i * x: the gradients of a weighted sum by its inputs.
// Layout: x and y0 to y4 are views of rows x vectors vec4s; w is an array of scalars, w_i = w[w<i>Index]. Unused
// outputs are bound to scratch memory and not written.
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
  y0Offset: u32,
  y0Stride: u32,
  w0Index: u32,
  y1Offset: u32,
  y1Stride: u32,
  w1Index: u32,
  y2Offset: u32,
  y2Stride: u32,
  w2Index: u32,
  y3Offset: u32,
  y3Stride: u32,
  w3Index: u32,
  y4Offset: u32,
  y4Stride: u32,
  w4Index: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 5u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y0: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y1: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y2: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y3: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y4: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let start = (index / params.vectors) * params.chunkStart;
  let end = min(start + params.chunkSpan, params.rows);
  for (var row = start; row < end; row += params.rowStep) {
    let value = x[params.xOffset + row * params.xStride + vector];
    y0[params.y0Offset + row * params.y0Stride + vector] = w[params.w0Index] * value;
    if (COUNT > 1u) {
      y1[params.y1Offset + row * params.y1Stride + vector] = w[params.w1Index] * value;
    }
    if (COUNT > 2u) {
      y2[params.y2Offset + row * params.y2Stride + vector] = w[params.w2Index] * value;
    }
    if (COUNT > 3u) {
      y3[params.y3Offset + row * params.y3Stride + vector] = w[params.w3Index] * value;
    }
    if (COUNT > 4u) {
      y4[params.y4Offset + row * params.y4Stride + vector] = w[params.w4Index] * value;
    }
  }
}
