// Gradients of mixed edges by the stack of candidates and by the skip connection: d(slot) = sum over the edges e of
// a[e] * dy[e] + b * (x - mean) + c per channel, with the factors of mixed/stackFactors. dy of an edge that does not
// use the slot is not read, nor x where b is zero.
// Layout: stack and dstack are views of rows x slots * vectors vec4s; dskip and dy0 to dy3 are views of rows x
// vectors; factors is [slots + 1][3 + edges][vectors]. Bindings of missing gradients repeat another one; an unwanted
// dskip is bound to scratch memory, and `wanted` is then the number of slots, else one more.
// Grid: one invocation per (tile of chunks of rows, slot, chunk of the tile, column), in this order, so that a row
// stays in the caches until all slots have read it; workgroups in x, then y. Loops of at most one iteration are
// branches that software drivers execute only where a lane needs them.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  tile: u32,
  chunkStart: u32,
  chunkSpan: u32,
  rowStep: u32,
  edges: u32,
  slots: u32,
  wanted: u32,
  stackOffset: u32,
  stackStride: u32,
  dy0Offset: u32,
  dy0Stride: u32,
  dy1Offset: u32,
  dy1Stride: u32,
  dy2Offset: u32,
  dy2Stride: u32,
  dy3Offset: u32,
  dy3Stride: u32,
  dstackOffset: u32,
  dstackStride: u32,
  dskipOffset: u32,
  dskipStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stack: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy0: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy1: array<vec4f>;
@group(0) @binding(4) var<storage, read> dy2: array<vec4f>;
@group(0) @binding(5) var<storage, read> dy3: array<vec4f>;
@group(0) @binding(6) var<storage, read> factors: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dstack: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dskip: array<vec4f>;

fn factorOf(slot: u32, index: u32, vector: u32) -> vec4f {
  return factors[(slot * (3u + params.edges) + index) * params.vectors + vector];
}

// The factor of an edge's gradient, zero where there is no such edge.
fn weightOf(slot: u32, edge: u32, vector: u32) -> vec4f {
  let a = factorOf(slot, 3u + min(edge, params.edges - 1u), vector);
  return select(vec4f(0.0), a, edge < params.edges);
}

fn turns(factor: vec4f) -> u32 {
  return select(0u, 1u, any(factor != vec4f(0.0)));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let vector = index % params.vectors;
  let item = index / params.vectors;
  let slot = (item / params.tile) % params.wanted;
  let chunk = item / params.tile / params.wanted * params.tile + item % params.tile;
  if (chunk >= params.chunks) {
    return;
  }
  let mean = factorOf(slot, 0u, vector);
  let b = factorOf(slot, 1u, vector);
  let c = factorOf(slot, 2u, vector);
  let a0 = weightOf(slot, 0u, vector);
  let a1 = weightOf(slot, 1u, vector);
  let a2 = weightOf(slot, 2u, vector);
  let a3 = weightOf(slot, 3u, vector);
  let readsStack = turns(b);
  let reads0 = turns(a0);
  let reads1 = turns(a1);
  let reads2 = turns(a2);
  let reads3 = turns(a3);
  let toStack = select(0u, 1u, slot < params.slots);
  let column = slot * params.vectors + vector;
  let first = chunk * params.chunkStart;
  let end = min(params.rows, first + params.chunkSpan);
  for (var row = first; row < end; row += params.rowStep) {
    var gradient = c;
    for (var turn = 0u; turn < readsStack; turn++) {
      gradient += b * (stack[params.stackOffset + row * params.stackStride + column] - mean);
    }
    for (var turn = 0u; turn < reads0; turn++) {
      gradient += a0 * dy0[params.dy0Offset + row * params.dy0Stride + vector];
    }
    for (var turn = 0u; turn < reads1; turn++) {
      gradient += a1 * dy1[params.dy1Offset + row * params.dy1Stride + vector];
    }
    for (var turn = 0u; turn < reads2; turn++) {
      gradient += a2 * dy2[params.dy2Offset + row * params.dy2Stride + vector];
    }
    for (var turn = 0u; turn < reads3; turn++) {
      gradient += a3 * dy3[params.dy3Offset + row * params.dy3Stride + vector];
    }
    for (var turn = 0u; turn < toStack; turn++) {
      dstack[params.dstackOffset + row * params.dstackStride + column] = gradient;
    }
    for (var turn = toStack; turn < 1u; turn++) {
      dskip[params.dskipOffset + row * params.dskipStride + vector] = gradient;
    }
  }
}
