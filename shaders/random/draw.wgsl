// Random numbers by Philox4x32-10 (Salmon et al. 2011): vec4 number i of y is computed from the four words of
// counter (i, step, 0, 0) and key (seed, purpose). DISTRIBUTION 0: the words; 1: uniform in [0, 1), multiples of
// 2^-24; 2: standard normal, by the Box-Muller transform of pairs of words.
// Layout: y is a view of rows of vectors vec4s with `channels` elements, further lanes zero; written as bits.
// Grid: one invocation per vec4; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  channels: u32,
  seed: u32,
  purpose: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const DISTRIBUTION: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;

// The high 32 bits of the 64-bit product.
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu;
  let aHigh = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let middle1 = aHigh * bLow + ((aLow * bLow) >> 16u);
  let middle2 = aLow * bHigh + (middle1 & 0xffffu);
  return aHigh * bHigh + (middle1 >> 16u) + (middle2 >> 16u);
}

fn philox(start: vec4u, startKey: vec2u) -> vec4u {
  var counter = start;
  var key = startKey;
  for (var round = 0u; round < 10u; round += 1u) {
    let high0 = multiplyHigh(0xd2511f53u, counter.x);
    let low0 = 0xd2511f53u * counter.x;
    let high1 = multiplyHigh(0xcd9e8d57u, counter.z);
    let low1 = 0xcd9e8d57u * counter.z;
    counter = vec4u(high1 ^ counter.y ^ key.x, low1, high0 ^ counter.w ^ key.y, low0);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

// Natural logarithm of x in (0, 1]: x = 2^exponent * m with m near 1, log m = 2 artanh((m - 1) / (m + 1)).
fn logarithm(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  var exponent = f32(bits >> 23u) - 127.0;
  var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
  if (m > 1.41421356) {
    m *= 0.5;
    exponent += 1.0;
  }
  let s = (m - 1.0) / (m + 1.0);
  let t = s * s;
  let series = 1.0 + t * (1.0 / 3.0 + t * (1.0 / 5.0 + t * (1.0 / 7.0 + t * (1.0 / 9.0))));
  return exponent * 0.693147181 + 2.0 * s * series;
}

// Cosine and sine of 2 pi u for u in [0, 1): range reduction to an eighth of a turn, then Taylor series.
fn turn(u: f32) -> vec2f {
  let quarter = round(4.0 * u);
  let angle = (4.0 * u - quarter) * 1.57079633;
  let t = angle * angle;
  let c = 1.0 + t * (-1.0 / 2.0 + t * (1.0 / 24.0 + t * (-1.0 / 720.0 + t * (1.0 / 40320.0))));
  let s = angle * (1.0 + t * (-1.0 / 6.0 + t * (1.0 / 120.0 + t * (-1.0 / 5040.0 + t * (1.0 / 362880.0)))));
  let odd = (u32(quarter) & 1u) == 1u;
  let half = (u32(quarter) & 2u) == 2u;
  let direction = select(vec2f(c, s), vec2f(-s, c), odd);
  return select(direction, -direction, half);
}

// Two standard normal numbers (Box and Muller 1958). The built-in log, cos and sin may be off in the fourth digit.
fn normalPair(u: f32, v: f32) -> vec2f {
  return sqrt(-2.0 * logarithm(1.0 - u)) * turn(v);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let words = philox(vec4u(index, step[0], 0u, 0u), vec2u(params.seed, params.purpose));
  let uniform4 = vec4f(words >> vec4u(8u)) * exp2(-24.0);
  var bits = words;
  if (DISTRIBUTION == 1u) {
    bits = bitcast<vec4u>(uniform4);
  }
  if (DISTRIBUTION == 2u) {
    bits = bitcast<vec4u>(vec4f(normalPair(uniform4.x, uniform4.y), normalPair(uniform4.z, uniform4.w)));
  }
  let lanes = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u);
  y[params.yOffset + row * params.yStride + vector] = select(vec4u(0u), bits, lanes < vec4u(params.channels));
}
