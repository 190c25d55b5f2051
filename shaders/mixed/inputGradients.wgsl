// Gradients of up to two normalised terms of a mixed sum in one pass: dx = a * dy + (b * (x - mean) + c), channel by channel.
// Layout: dy, x0, x1, dx0, dx1 are views of rows x vectors vec4s; factors is [normalised][4][vectors]: mean, a, b, c, of
// which x<i> takes those of term<i>. With COUNT 1 the binding of x1 repeats x0, that of dx1 is any memory of its own.
// Grid: one invocation a (chunk, column), which goes over rows chunk, chunk + chunks, ...; folded into x and y.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  dyOffset: u32,
  dyStride: u32,
  x0Offset: u32,
  x0Stride: u32,
  dx0Offset: u32,
  dx0Stride: u32,
  term0: u32,
  x1Offset: u32,
  x1Stride: u32,
  dx1Offset: u32,
  dx1Stride: u32,
  term1: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 2u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> x0: array<vec4f>;
@group(0) @binding(3) var<storage, read> x1: array<vec4f>;
@group(0) @binding(4) var<storage, read> factors: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dx0: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dx1: array<vec4f>;

struct Factors {
  mean: vec4f,
  a: vec4f,
  b: vec4f,
  c: vec4f,
}

fn factorsOf(term: u32, vector: u32) -> Factors {
  let place = term * 4u * params.vectors + vector;
  return Factors(
    factors[place],
    factors[place + params.vectors],
    factors[place + 2u * params.vectors],
    factors[place + 3u * params.vectors],
  );
}

fn gradient(f: Factors, g: vec4f, value: vec4f) -> vec4f {
  return f.a * g + (f.b * (value - f.mean) + f.c);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let f0 = factorsOf(params.term0, vector);
  var f1: Factors;
  if (COUNT > 1u) {
    f1 = factorsOf(params.term1, vector);
  }
  for (var row = index / params.vectors; row < params.rows; row += params.chunks) {
    let g = dy[params.dyOffset + row * params.dyStride + vector];
    let value0 = x0[params.x0Offset + row * params.x0Stride + vector];
    dx0[params.dx0Offset + row * params.dx0Stride + vector] = gradient(f0, g, value0);
    if (COUNT > 1u) {
      let value1 = x1[params.x1Offset + row * params.x1Stride + vector];
      dx1[params.dx1Offset + row * params.dx1Stride + vector] = gradient(f1, g, value1);
    }
  }
}
