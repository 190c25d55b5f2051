// Gathers up to sixteen single elements: y[first * 4 + i] = x[place<i>]; further lanes of the last vec4 are written
// as zero.
// Layout: x is an array of scalars, in which positions are counted from the start of the binding; y is a row of
// vec4s, of which `count` scalars from vec4 `first` on are written.
// Grid: one workgroup, one invocation per vec4 of y.

struct Params {
  count: u32,
  first: u32,
  yOffset: u32,
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

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

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

@compute @workgroup_size(4)
fn main(@builtin(local_invocation_index) vector: u32) {
  if (vector * 4u >= params.count) {
    return;
  }
  let places = placesOf(vector);
  let values = vec4f(x[places.x], x[places.y], x[places.z], x[places.w]);
  let used = vec4u(0u, 1u, 2u, 3u) + vec4u(vector * 4u) < vec4u(params.count);
  y[params.yOffset + params.first + vector] = select(vec4f(0.0), values, used);
}
