// Softmax of each row, y_k = exp(x_k - m) / sum_j exp(x_j - m) with m the maximum of the row; with LOG its
// logarithm.
// Layout: x and y are views of rows of `channels` channels; further lanes are ignored in x and written as zero in y.
// Grid: one invocation per row; workgroups in x, then y.

struct Params {
  rows: u32,
  channels: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const LOG: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

fn used(vector: u32) -> vec4<bool> {
  return vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.channels);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.y * groups.x * WORKGROUP + id.x;
  if (row >= params.rows) {
    return;
  }
  let vectors = (params.channels + 3u) / 4u;
  let start = params.xOffset + row * params.xStride;
  let output = params.yOffset + row * params.yStride;
  var largest = vec4f(-3.402823466e38);
  for (var v = 0u; v < vectors; v++) {
    largest = select(largest, max(largest, x[start + v]), used(v));
  }
  let top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  var sums = vec4f(0.0);
  for (var v = 0u; v < vectors; v++) {
    sums += select(vec4f(0.0), exp(x[start + v] - top), used(v));
  }
  let total = (sums.x + sums.y) + (sums.z + sums.w);
  let logTotal = log(total);
  for (var v = 0u; v < vectors; v++) {
    let distance = x[start + v] - top;
    var value = exp(distance) / total;
    if (LOG) {
      value = distance - logTotal;
    }
    y[output + v] = select(vec4f(0.0), value, used(v));
  }
}
