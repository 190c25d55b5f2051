// One row, or one scalar, repeated: y[row] = factor * x[row / repeat], or factor * x[0].x with SCALAR.
// Layout: x is a view of rows, or a scalar; y a view of rows x vectors vec4s. Lanes past channels, and rows past
// usedRows of every innerRows (a matrix padded in its second dimension), are written zero.
// Grid: one invocation a vec4 of y, folded into x and y.

struct Params {
  rows: u32,
  vectors: u32,
  channels: u32,
  innerRows: u32,
  usedRows: u32,
  repeat: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
  factor: f32,
}

const WORKGROUP: u32 = 64u;
const SCALAR: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  var value: vec4f;
  if (SCALAR) {
    value = vec4f(x[params.xOffset].x);
  } else {
    value = x[params.xOffset + (row / params.repeat) * params.xStride + vector];
  }
  let lanes = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u);
  let used = (lanes < vec4u(params.channels)) & vec4<bool>(row % params.innerRows < params.usedRows);
  y[params.yOffset + row * params.yStride + vector] = select(vec4f(0.0), params.factor * value, used);
}
