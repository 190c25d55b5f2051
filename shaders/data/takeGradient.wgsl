// Gradient of gathering up to sixteen elements: dx[place<i>] = (first > 0 ? dx[place<i>] : 0) + the sum, in order,
// of dy[first * 4 + i] over all i with that position; zero at other positions.
// Layout: dx is a view of rows x vectors vec4s, in which positions count scalars from the first, gaps between rows
// included. dy is a row of vec4s, of which `count` scalars from vec4 `first` on are read.
// Grid: one invocation per vec4 of dx; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  count: u32,
  first: u32,
  dyOffset: u32,
  dxOffset: u32,
  dxStride: u32,
  place0: u32,
  place1: u32,
  place2: u32,
  place3: u32,
  place4: u32,
  place5: u32,
  place6: u32,
  place7: u32,
  place8: u32,
  place9: u32,
  place10: u32,
  place11: u32,
  place12: u32,
  place13: u32,
  place14: u32,
  place15: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

// Positions of the elements of vec4 `vector` of the list.
fn placesOf(vector: u32) -> vec4u {
  switch (vector) {
    case 0u: {
      return vec4u(params.place0, params.place1, params.place2, params.place3);
    }
    case 1u: {
      return vec4u(params.place4, params.place5, params.place6, params.place7);
    }
    case 2u: {
      return vec4u(params.place8, params.place9, params.place10, params.place11);
    }
    default: {
      return vec4u(params.place12, params.place13, params.place14, params.place15);
    }
  }
}

// The gradient in the lane of vec4 `place` of dx that was read, zero in the others.
fn addTo(place: u32, source: u32, gradient: f32) -> vec4f {
  let here = vec4u(source) == vec4u(place * 4u) + vec4u(0u, 1u, 2u, 3u);
  return select(vec4f(0.0), vec4f(gradient), here);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let place = (index / params.vectors) * params.dxStride + index % params.vectors;
  var sum = vec4f(0.0);
  if (params.first > 0u) {
    sum = dx[params.dxOffset + place];
  }
  for (var vector = 0u; vector * 4u < params.count; vector++) {
    let places = placesOf(vector);
    // Padding lanes of dy are zero.
    let gradient = dy[params.dyOffset + params.first + vector];
    sum += addTo(place, places.x, gradient.x);
    sum += addTo(place, places.y, gradient.y);
    sum += addTo(place, places.z, gradient.z);
    sum += addTo(place, places.w, gradient.w);
  }
  dx[params.dxOffset + place] = sum;
}
