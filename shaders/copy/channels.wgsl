// Copies channels within rows: y[c] = x[c - begin + first] for begin <= c < end. In the vec4s that are written,
// lanes from `end` on become 0; lanes before `begin` become 0, or with KEEP remain as they are (the last channels of
// the previous input of a concatenation).
// Layout: x and y are views of rows of vec4s; `vectors` vec4s of y are written in each row.
// ALIGNED: begin and first are multiples of 4, and lanes from `end` on of the last copied vec4 of x are zero, so
// that whole vec4s are copied.
// Grid: one invocation per vec4 of y; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  begin: u32,
  end: u32,
  first: u32,
  xOffset: u32,
  xStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const ALIGNED: bool = false;
const KEEP: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let place = params.yOffset + row * params.yStride + vector;
  let start = params.xOffset + row * params.xStride;
  if (ALIGNED) {
    let inside = vector * 4u >= params.begin && vector * 4u < params.end;
    let position = select(0u, vector - params.begin / 4u + params.first / 4u, inside);
    y[place] = select(vec4f(0.0), x[start + position], inside);
    return;
  }
  var result = vec4f(0.0);
  if (KEEP) {
    result = y[place];
  }
  for (var lane = 0u; lane < 4u; lane += 1u) {
    let channel = vector * 4u + lane;
    if (channel >= params.begin && channel < params.end) {
      let position = channel - params.begin + params.first;
      result[lane] = x[start + position / 4u][position % 4u];
    } else if (channel >= params.end) {
      result[lane] = 0.0;
    }
  }
  y[place] = result;
}
