// Elementwise function, y = f(x): FUNCTION 0 is the sigmoid, 1 tanh, 2 the reciprocal, 3 the square root. With
// GRADIENT y = x * f', where x is the gradient of the output and f' a function of the output, `result`.
// Arguments of exponentials are never positive, so that none overflows.
// Layout: x, result and y are views of rows x vectors vec4s; lanes from `channels` on are written as zero.
// Grid: one invocation per (chunk of rows, column); workgroups in x, then y. Chunk c consists of every rowStep-th
// row from c * chunkStart, within chunkSpan rows.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  chunkStart: u32,
  chunkSpan: u32,
  rowStep: u32,
  channels: u32,
  xOffset: u32,
  xStride: u32,
  resultOffset: u32,
  resultStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const FUNCTION: u32 = 0u;
const GRADIENT: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> result: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn sigmoid(value: vec4f) -> vec4f {
  let small = exp(-abs(value));
  return select(small, vec4f(1.0), value >= vec4f(0.0)) / (1.0 + small);
}

// Near 0, where 1 - exp(-2|x|) cancels digits, the first terms of the Taylor series.
fn hyperbolicTangent(value: vec4f) -> vec4f {
  let small = exp(-2.0 * abs(value));
  let square = value * value;
  let series = value * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0 - square * (17.0 / 315.0))));
  return select(sign(value) * (1.0 - small) / (1.0 + small), series, square < vec4f(0.02));
}

fn apply(value: vec4f) -> vec4f {
  if (FUNCTION == 0u) {
    return sigmoid(value);
  }
  if (FUNCTION == 1u) {
    return hyperbolicTangent(value);
  }
  if (FUNCTION == 2u) {
    return 1.0 / value;
  }
  return sqrt(value);
}

fn derivative(output: vec4f) -> vec4f {
  if (FUNCTION == 0u) {
    return output * (1.0 - output);
  }
  if (FUNCTION == 1u) {
    return 1.0 - output * output;
  }
  if (FUNCTION == 2u) {
    return -output * output;
  }
  return 0.5 / output;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let used = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.channels);
  let start = (index / params.vectors) * params.chunkStart;
  let end = min(start + params.chunkSpan, params.rows);
  for (var row = start; row < end; row += params.rowStep) {
    let value = x[params.xOffset + row * params.xStride + vector];
    var output: vec4f;
    if (GRADIENT) {
      output = value * derivative(result[params.resultOffset + row * params.resultStride + vector]);
    } else {
      output = apply(value);
    }
    y[params.yOffset + row * params.yStride + vector] = select(vec4f(0.0), output, used);
  }
}
