// Gradients of the weights of a mixed sum: of a normalised term (below `normalised`) the sum over channels of
// gamma * sum(dy * xhat) + beta * sum(dy), of any other that of sum(dy * x).
// Layout: sums is a view of rows of vectors vec4s: sum(dy), then one row a term; gamma0, beta0, ... are rows of vectors
// vec4s, of terms firstTerm and on; dw is a row of scalars, one a term and padding, which becomes zero. Without AFFINE gamma
// is 1 and beta 0. Bindings of unused gammas and betas repeat sums.
// Grid: one invocation a scalar of dw.

struct Params {
  vectors: u32,
  normalised: u32,
  firstTerm: u32,
  terms: u32,
  lastTerm: u32,
  sumsOffset: u32,
  sumsStride: u32,
  gamma0Offset: u32,
  beta0Offset: u32,
  gamma1Offset: u32,
  beta1Offset: u32,
  gamma2Offset: u32,
  beta2Offset: u32,
  dwOffset: u32,
}

const WORKGROUP: u32 = 64u;
const AFFINE: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read> gamma0: array<vec4f>;
@group(0) @binding(3) var<storage, read> beta0: array<vec4f>;
@group(0) @binding(4) var<storage, read> gamma1: array<vec4f>;
@group(0) @binding(5) var<storage, read> beta1: array<vec4f>;
@group(0) @binding(6) var<storage, read> gamma2: array<vec4f>;
@group(0) @binding(7) var<storage, read> beta2: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dw: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.terms) {
    return;
  }
  let term = params.firstTerm + id.x;
  var total = vec4f(0.0);
  if (term <= params.lastTerm) {
    let start = params.sumsOffset + (1u + term) * params.sumsStride;
    for (var vector = 0u; vector < params.vectors; vector++) {
      var products = sums[start + vector];
      if (AFFINE) {
        let sum = sums[params.sumsOffset + vector];
        if (term >= params.normalised) {
          total += products;
        } else if (id.x == 0u) {
          total += gamma0[params.gamma0Offset + vector] * products + beta0[params.beta0Offset + vector] * sum;
        } else if (id.x == 1u) {
          total += gamma1[params.gamma1Offset + vector] * products + beta1[params.beta1Offset + vector] * sum;
        } else {
          total += gamma2[params.gamma2Offset + vector] * products + beta2[params.beta2Offset + vector] * sum;
        }
      } else {
        total += products;
      }
    }
  }
  dw[params.dwOffset * 4u + term] = (total.x + total.y) + (total.z + total.w);
}
