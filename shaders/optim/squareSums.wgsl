// First stage of the Euclidean norm: sums[i] = sum of the squares of vec4s i, i + parts, i + 2 * parts, ... of x.
// Layout: x is contiguous vec4s; sums holds one scalar per part, padded with zeros to whole vec4s.
// Grid: one invocation per part, rounded up to whole vec4s of sums.

struct Params {
  vectors: u32,
  parts: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let part = id.x;
  if (part >= (params.parts + 3u) / 4u * 4u) {
    return;
  }
  var sum = vec4f(0.0);
  if (part < params.parts) {
    for (var i = part; i < params.vectors; i += params.parts) {
      sum += x[i] * x[i];
    }
  }
  sums[part] = (sum.x + sum.y) + (sum.z + sum.w);
}
