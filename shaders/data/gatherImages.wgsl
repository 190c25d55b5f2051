// A batch of images from bytes: y = (byte / 255 - mean) / deviation. With AUGMENT the image is padded with zero
// bytes and cropped, flipped horizontally, and a square is set to zero, as drawn by data/drawAugmentation. Positions
// whose index is beyond the last image become zero.
// Layout: words holds the images one after the other as NHWC bytes, four per word, the first in the lowest bits; y
// is a view of (batch x height x width) rows of vectors vec4s; draws as written by data/drawAugmentation (any buffer
// without AUGMENT).
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  images: u32,
  height: u32,
  width: u32,
  channels: u32,
  pad: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const AUGMENT: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> deviation: array<f32>;
@group(0) @binding(5) var<storage, read> draws: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let item = id.y * groups.x * WORKGROUP + id.x;
  if (item >= params.rows * params.vectors) {
    return;
  }
  let pixel = item / params.vectors;
  let vector = item % params.vectors;
  let place = pixel / (params.height * params.width);
  let row = pixel / params.width % params.height;
  let column = pixel % params.width;
  let image = indices[place];
  var sourceRow = row;
  var sourceColumn = column;
  var kept = image < params.images;
  if (AUGMENT) {
    let crop = draws[place * 2u];
    let cut = draws[place * 2u + 1u];
    if (crop.z == 1u) {
      sourceColumn = params.width - 1u - column;
    }
    // Left of or above the image the unsigned difference wraps around to a large number.
    sourceRow = sourceRow + crop.x - params.pad;
    sourceColumn = sourceColumn + crop.y - params.pad;
    kept = kept && !(row >= cut.x && row < cut.y && column >= cut.z && column < cut.w);
  }
  let inside = sourceRow < params.height && sourceColumn < params.width;
  let first = ((image * params.height + sourceRow) * params.width + sourceColumn) * params.channels;
  var result = vec4f(0.0);
  if (kept) {
    for (var lane = 0u; lane < 4u; lane += 1u) {
      let channel = vector * 4u + lane;
      if (channel < params.channels) {
        var value = 0.0;
        if (inside) {
          let position = first + channel;
          value = f32((words[position / 4u] >> (position % 4u * 8u)) & 0xffu) / 255.0;
        }
        result[lane] = (value - mean[channel]) / deviation[channel];
      }
    }
  }
  y[params.yOffset + pixel * params.yStride + vector] = result;
}
