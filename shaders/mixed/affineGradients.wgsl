// Gradients of gamma and beta of up to three normalised terms of a mixed sum: dgamma = weight * sum(dy * xhat), dbeta =
// weight * sum(dy).
// Layout: sums is a view of rows of vectors vec4s: sum(dy), then one row a term; w is a row of scalars, one a term; dgamma0,
// dbeta0, ... are rows of vectors vec4s, of terms firstTerm and on. Bindings of unused gradients are any memory of their
// own.
// Grid: one invocation a column.

struct Params {
  vectors: u32,
  firstTerm: u32,
  sumsOffset: u32,
  sumsStride: u32,
  wOffset: u32,
  dgamma0Offset: u32,
  dbeta0Offset: u32,
  dgamma1Offset: u32,
  dbeta1Offset: u32,
  dgamma2Offset: u32,
  dbeta2Offset: u32,
}

const WORKGROUP: u32 = 64u;
const COUNT: u32 = 3u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> dgamma0: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dbeta0: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dgamma1: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dbeta1: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dgamma2: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dbeta2: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= params.vectors) {
    return;
  }
  let sum = sums[params.sumsOffset + vector];
  let weight = params.wOffset * 4u + params.firstTerm;
  let row = params.sumsOffset + (1u + params.firstTerm) * params.sumsStride + vector;
  dgamma0[params.dgamma0Offset + vector] = w[weight] * sums[row];
  dbeta0[params.dbeta0Offset + vector] = w[weight] * sum;
  if (COUNT > 1u) {
    dgamma1[params.dgamma1Offset + vector] = w[weight + 1u] * sums[row + params.sumsStride];
    dbeta1[params.dbeta1Offset + vector] = w[weight + 1u] * sum;
  }
  if (COUNT > 2u) {
    dgamma2[params.dgamma2Offset + vector] = w[weight + 2u] * sums[row + 2u * params.sumsStride];
    dbeta2[params.dbeta2Offset + vector] = w[weight + 2u] * sum;
  }
}
