// Second stage of the Euclidean norm: y = sqrt(sum of all partial sums, in order).
// Layout: sums is contiguous vec4s; y is a scalar, in a vec4.
// Grid: one invocation.

struct Params {
  vectors: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(1)
fn main() {
  var sum = vec4f(0.0);
  for (var i = 0u; i < params.vectors; i += 1u) {
    sum += sums[i];
  }
  y[0] = vec4f(sqrt((sum.x + sum.y) + (sum.z + sum.w)), 0.0, 0.0, 0.0);
}
