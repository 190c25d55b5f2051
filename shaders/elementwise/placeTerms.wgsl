// Second stage of the dot products: each element of y is the sum, in order, of the partial sums of the terms with
// its position; zero where there is no such term.
// Layout: partial is [terms][parts + 1] scalars, of which the last of each term is its position, counted in scalars
// of y from yOffset with yStride; y is a view of rows x vectors vec4s.
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  terms: u32,
  parts: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let place = (index / params.vectors) * params.yStride + index % params.vectors;
  var result = vec4f(0.0);
  for (var term = 0u; term < params.terms; term++) {
    let start = term * (params.parts + 1u);
    let element = u32(partial[start + params.parts]);
    if (element / 4u == place) {
      var sum = 0.0;
      for (var i = 0u; i < params.parts; i++) {
        sum += partial[start + i];
      }
      result += select(vec4f(0.0), vec4f(sum), vec4u(element % 4u) == vec4u(0u, 1u, 2u, 3u));
    }
  }
  y[params.yOffset + place] = result;
}
