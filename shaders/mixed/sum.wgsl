// The mixed sum of up to six terms in one pass, y = (ACCUMULATE ? y : 0) + sum over terms of (x - mean) * scale + shift: a
// node of a relaxed cell (Liu et al. 2019, eq. 2) with the batch norm of its candidates.
// Layout: x0..x5 and y are views of rows x vectors vec4s; factors is [terms][3][vectors]: mean, scale, shift, of which x<i>
// takes those of term firstTerm + i. Without SHIFTED all shifts are zero. Bindings of unused values repeat a used one.
// Grid: one invocation a (chunk, column), which goes over rows chunk, chunk + chunks, ...; folded into x and y.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  firstTerm: u32,
  x0Offset: u32,
  x0Stride: u32,
  x1Offset: u32,
  x1Stride: u32,
  x2Offset: u32,
  x2Stride: u32,
  x3Offset: u32,
  x3Stride: u32,
  x4Offset: u32,
  x4Stride: u32,
  x5Offset: u32,
  x5Stride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 6u;
const SHIFTED: bool = true;
const ACCUMULATE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x0: array<vec4f>;
@group(0) @binding(2) var<storage, read> x1: array<vec4f>;
@group(0) @binding(3) var<storage, read> x2: array<vec4f>;
@group(0) @binding(4) var<storage, read> x3: array<vec4f>;
@group(0) @binding(5) var<storage, read> x4: array<vec4f>;
@group(0) @binding(6) var<storage, read> x5: array<vec4f>;
@group(0) @binding(7) var<storage, read> factors: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> y: array<vec4f>;

// Row `which` of a term's factors: 0 mean, 1 scale, 2 shift.
fn factor(term: u32, which: u32, vector: u32) -> vec4f {
  if (term >= COUNT) {
    return vec4f(0.0);
  }
  return factors[((params.firstTerm + term) * 3u + which) * params.vectors + vector];
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.chunks * params.vectors) {
    return;
  }
  let vector = index % params.vectors;
  let mean0 = factor(0u, 0u, vector);
  let scale0 = factor(0u, 1u, vector);
  let mean1 = factor(1u, 0u, vector);
  let scale1 = factor(1u, 1u, vector);
  let mean2 = factor(2u, 0u, vector);
  let scale2 = factor(2u, 1u, vector);
  let mean3 = factor(3u, 0u, vector);
  let scale3 = factor(3u, 1u, vector);
  let mean4 = factor(4u, 0u, vector);
  let scale4 = factor(4u, 1u, vector);
  let mean5 = factor(5u, 0u, vector);
  let scale5 = factor(5u, 1u, vector);
  var shift = vec4f(0.0);
  if (SHIFTED) {
    for (var term = 0u; term < COUNT; term++) {
      shift += factor(term, 2u, vector);
    }
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
    if (COUNT > 4u) {
      sum += (x4[params.x4Offset + row * params.x4Stride + vector] - mean4) * scale4;
    }
    if (COUNT > 5u) {
      sum += (x5[params.x5Offset + row * params.x5Stride + vector] - mean5) * scale5;
    }
    y[place] = sum;
  }
}
