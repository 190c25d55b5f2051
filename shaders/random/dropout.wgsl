// Dropout (Srivastava et al. 2014): y = x / (1 - rate) where a uniform number is at least rate, else 0. With
// PER_SAMPLE one number decides for a whole sample (drop path: Larsson et al. 2017, FractalNet; as in NASNet, Zoph
// et al. 2018, section A.7).
// The numbers are those of Philox4x32-10 (Salmon et al. 2011) with key (seed, purpose) and counter (i, step, 0, 0):
// i is the index of the vec4 in x, or with PER_SAMPLE that of the sample, whose first word decides.
// Layout: x and y are views of rows x vectors vec4s; a sample has `sampleRows` rows.
// Grid: one invocation per vec4; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  sampleRows: u32,
  seed: u32,
  purpose: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const PER_SAMPLE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> rate: array<f32>;
@group(0) @binding(3) var<storage, read> step: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  var counter = index;
  if (PER_SAMPLE) {
    counter = row / params.sampleRows;
  }
  var words = philox(vec4u(counter, step[0], 0u, 0u), vec2u(params.seed, params.purpose));
  if (PER_SAMPLE) {
    words = vec4u(words.x);
  }
  let kept = vec4f(words >> vec4u(8u)) * exp2(-24.0) >= vec4f(rate[0]);
  let value = x[params.xOffset + row * params.xStride + vector];
  y[params.yOffset + row * params.yStride + vector] = select(vec4f(0.0), value / (1.0 - rate[0]), kept);
}
