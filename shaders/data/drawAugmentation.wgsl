// Random numbers of image augmentation: for each position of a batch the offset of the crop, whether to flip, and
// the square to cut out. Philox4x32-10 (Salmon et al. 2011) with key (seed, purpose) and counters (position, step,
// 0, 0) and (position, step, 1, 0); a word w is mapped to an integer below n as floor(w * n / 2^32).
// Layout: draws holds two vec4u per position: (crop row, crop column, flip, 0), and (first row, row after the last,
// first column, column after the last) of the square, clipped to the image. Crop offsets are from 0 to 2 * pad.
// Grid: one invocation per position.

struct Params {
  batch: u32,
  height: u32,
  width: u32,
  pad: u32,
  flip: u32,
  cutout: u32,
  seed: u32,
  purpose: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> draws: array<vec4u>;

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
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = id.x;
  if (place >= params.batch) {
    return;
  }
  let key = vec2u(params.seed, params.purpose);
  let crop = philox(vec4u(place, step[0], 0u, 0u), key);
  let cut = philox(vec4u(place, step[0], 1u, 0u), key);
  let range = 2u * params.pad + 1u;
  draws[place * 2u] = vec4u(
    multiplyHigh(crop.x, range),
    multiplyHigh(crop.y, range),
    params.flip * (crop.z >> 31u),
    0u,
  );
  let half = i32(params.cutout / 2u);
  let row = i32(multiplyHigh(cut.x, params.height));
  let column = i32(multiplyHigh(cut.y, params.width));
  draws[place * 2u + 1u] = vec4u(
    u32(max(row - half, 0)),
    u32(min(row + half, i32(params.height))),
    u32(max(column - half, 0)),
    u32(min(column + half, i32(params.width))),
  );
}
