// Gradient of the softmax from its output y: dx = y * (dy - sum_j dy_j * y_j); with LOG, of its logarithm y: dx = dy
// - exp(y) * sum_j dy_j.
// Layout: dy, y and dx are views of rows of `channels` channels; further lanes of dx are written as zero.
// Grid: one invocation per row; workgroups in x, then y.

struct Params {
  rows: u32,
  channels: u32,
  dyOffset: u32,
  dyStride: u32,
  yOffset: u32,
  yStride: u32,
  dxOffset: u32,
  dxStride: u32,
}

const WORKGROUP: u32 = 64u;
const LOG: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.y * groups.x * WORKGROUP + id.x;
  if (row >= params.rows) {
    return;
  }
  let vectors = (params.channels + 3u) / 4u;
  let gradient = params.dyOffset + row * params.dyStride;
  let output = params.yOffset + row * params.yStride;
  let to = params.dxOffset + row * params.dxStride;
  var sums = vec4f(0.0);
  for (var v = 0u; v < vectors; v++) {
    if (LOG) {
      sums += dy[gradient + v];
    } else {
      sums += dy[gradient + v] * y[output + v];
    }
  }
  let total = (sums.x + sums.y) + (sums.z + sums.w);
  for (var v = 0u; v < vectors; v++) {
    var value = y[output + v] * (dy[gradient + v] - total);
    if (LOG) {
      value = dy[gradient + v] - exp(y[output + v]) * total;
    }
    let used = vec4u(0u, 1u, 2u, 3u) + vec4u(v * 4u) < vec4u(params.channels);
    dx[to + v] = select(vec4f(0.0), value, used);
  }
}
