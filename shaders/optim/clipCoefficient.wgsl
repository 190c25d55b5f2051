// Coefficient that clips a gradient to a maximal norm: y = min(1, maximum / (norm + 1e-6)) (Pascanu et al. 2013,
// algorithm 1).
// Layout: norm and y are scalars, in a vec4 each.
// Grid: one invocation.

struct Params {
  maximum: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(1)
fn main() {
  y[0] = vec4f(min(1.0, params.maximum / (norm[0].x + 1e-6)), 0.0, 0.0, 0.0);
}
