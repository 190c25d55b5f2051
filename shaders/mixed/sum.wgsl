// The mixed sum of up to four terms in one pass, y = (ACCUMULATE ? y : 0) + sum over terms of (x - mean) * scale + shift: a
// node of a relaxed cell (Liu et al. 2019, eq. 2) with the batch norm of its candidates.
// Layout: x0..x3 and y are views of rows x vectors vec4s; factors is [terms][3][vectors]: mean, scale, shift, of which x<i>
// takes those of term firstTerm + i. Bindings of unused values repeat a used one.
// Grid: one invocation a (chunk, column), which goes over rows chunk, chunk + chunks, ...; folded into x and y.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  firstTerm: u32,
  lastTerm: u32,
  x0Offset: u32,
  x0Stride: u32,
  x1Offset: u32,
  x1Stride: u32,
  x2Offset: u32,
  x2Stride: u32,
  x3Offset: u32,
  x3Stride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 4u;
const ACCUMULATE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x0: array<vec4f>;
@group(0) @binding(2) var<storage, read> x1: array<vec4f>;
@group(0) @binding(3) var<storage, read> x2: array<vec4f>;
@group(0) @binding(4) var<storage, read> x3: array<vec4f>;
@group(0) @binding(5) var<storage, read> factors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  var shift = vec4f(0.0);
  var mean0: vec4f;
  var scale0: vec4f;
  var mean1: vec4f;
  var scale1: vec4f;
  var mean2: vec4f;
  var scale2: vec4f;
  var mean3: vec4f;
  var scale3: vec4f;
  // Written out, the loads are what compiling for a software driver takes seconds over: a loop from the last term, which
  // leaves mean0 and scale0 those of the first.
  for (var term = params.lastTerm + 1u; term > params.firstTerm; term--) {
    mean3 = mean2;
    scale3 = scale2;
    mean2 = mean1;
    scale2 = scale1;
    mean1 = mean0;
    scale1 = scale0;
    let place = (term - 1u) * 3u * params.vectors + vector;
    mean0 = factors[place];
    scale0 = factors[place + params.vectors];
    shift += factors[place + 2u * params.vectors];
  }
  for (var row = index / params.vectors; row < params.rows; row += params.chunks) {
    let place = params.yOffset + row * params.yStride + vector;
    var sum = shift + (x0[params.x0Offset + row * params.x0Stride + vector] - mean0) * scale0;
    if (ACCUMULATE) {
      sum += y[place];
    }
    if (COUNT > 1u) {
      sum += (x1[params.x1Offset + row * params.x1Stride + vector] - mean1) * scale1;
    }
    if (COUNT > 2u) {
      sum += (x2[params.x2Offset + row * params.x2Stride + vector] - mean2) * scale2;
    }
    if (COUNT > 3u) {
      sum += (x3[params.x3Offset + row * params.x3Stride + vector] - mean3) * scale3;
    }
    y[place] = sum;
  }
}
