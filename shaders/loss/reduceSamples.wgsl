// Sum over samples, or with MEAN the mean over non-empty positions (zero without any): total = weight * sum of x.x
// with weight 1, or 1 / sum of x.y.
// Layout: x has `rows` vec4s; total and weight are scalars (vec4s whose other lanes are zero).
// Grid: one invocation.

struct Params {
  rows: u32,
  totalOffset: u32,
  weightOffset: u32,
}

const MEAN: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> total: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> weight: array<vec4f>;

@compute @workgroup_size(1)
fn main() {
  var sum = vec4f(0.0);
  for (var row = 0u; row < params.rows; row++) {
    sum += x[row];
  }
  var factor = 1.0;
  if (MEAN) {
    factor = select(0.0, 1.0 / max(sum.y, 1.0), sum.y > 0.0);
  }
  total[params.totalOffset] = vec4f(factor * sum.x, 0.0, 0.0, 0.0);
  weight[params.weightOffset] = vec4f(factor, 0.0, 0.0, 0.0);
}
