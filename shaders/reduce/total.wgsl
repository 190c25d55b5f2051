// Sum over all lanes of a few vec4s: y = factor * sum of x.
// Layout: x is a contiguous run of `count` vec4s from xOffset; y is a scalar (a vec4 whose other lanes are zero).
// Grid: one invocation.

struct Params {
  count: u32,
  xOffset: u32,
  yOffset: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(1)
fn main() {
  var sum = vec4f(0.0);
  for (var i = 0u; i < params.count; i++) {
    sum += x[params.xOffset + i];
  }
  y[params.yOffset] = vec4f(params.factor * ((sum.x + sum.y) + (sum.z + sum.w)), 0.0, 0.0, 0.0);
}
