// Mixed operations of the edges that leave a node of a relaxed cell: y[e] = sum over the candidates of edge e of
// weight * N(candidate), plus weight * skip, where N is batch norm for the first slots of the stack of candidates
// and the identity for the others (Liu et al. 2019, DARTS, eq. 2). Closed entries, those of weight zero, are not
// read.
// Layout: stack is a view of rows x slots * vectors vec4s, the candidates concatenated along the channels; skip and
// y0 to y3 are views of rows x vectors; plan is that of mixed/plan: entry e * width + j is candidate j of edge e,
// entry edges * width + e its skip connection. Missing outputs are bound to scratch memory; a missing skip to the
// stack.
// Grid: one invocation per (tile of blocks of `blockRows` (eight) rows, edge, block of the tile, column), in this
// order, so that a row stays in the caches until all edges have read it; workgroups in x, then y. Loops of at most
// one iteration are branches that software drivers execute only where a lane needs them. Loops of eight iterations
// take their count from a uniform, so that compilers do not unroll them: unrolled stores take a software driver
// seconds to compile.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  tile: u32,
  chunkStart: u32,
  rowStep: u32,
  blockRows: u32,
  edges: u32,
  width: u32,
  count: u32,
  stackOffset: u32,
  stackStride: u32,
  skipOffset: u32,
  skipStride: u32,
  y0Offset: u32,
  y0Stride: u32,
  y1Offset: u32,
  y1Stride: u32,
  y2Offset: u32,
  y2Stride: u32,
  y3Offset: u32,
  y3Stride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stack: array<vec4f>;
@group(0) @binding(2) var<storage, read> skip: array<vec4f>;
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y0: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y1: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y2: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y3: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let vector = index % params.vectors;
  let item = index / params.vectors;
  let edge = (item / params.tile) % params.edges;
  let chunk = item / params.tile / params.edges * params.tile + item % params.tile;
  if (chunk >= params.chunks) {
    return;
  }
  let first = chunk * params.chunkStart;
  let last = params.rows - 1u;
  let row0 = min(first, last);
  let row1 = min(first + params.rowStep, last);
  let row2 = min(first + 2u * params.rowStep, last);
  let row3 = min(first + 3u * params.rowStep, last);
  let row4 = min(first + 4u * params.rowStep, last);
  let row5 = min(first + 5u * params.rowStep, last);
  let row6 = min(first + 6u * params.rowStep, last);
  let row7 = min(first + 7u * params.rowStep, last);
  var sum0: vec4f;
  var sum1: vec4f;
  var sum2: vec4f;
  var sum3: vec4f;
  var sum4: vec4f;
  var sum5: vec4f;
  var sum6: vec4f;
  var sum7: vec4f;
  let entry = params.edges * params.width + edge;
  if (entry < params.count) {
    for (var turn = select(0u, 1u, plan[entry].x >= 0.0); turn > 0u; turn--) {
      let weight = plan[params.count + (entry * 3u + 1u) * params.vectors + vector];
      let start = params.skipOffset + vector;
      sum0 = weight * skip[start + row0 * params.skipStride];
      sum1 = weight * skip[start + row1 * params.skipStride];
      sum2 = weight * skip[start + row2 * params.skipStride];
      sum3 = weight * skip[start + row3 * params.skipStride];
      sum4 = weight * skip[start + row4 * params.skipStride];
      sum5 = weight * skip[start + row5 * params.skipStride];
      sum6 = weight * skip[start + row6 * params.skipStride];
      sum7 = weight * skip[start + row7 * params.skipStride];
    }
  }
  for (var j = 0u; j < params.width; j++) {
    let entry = edge * params.width + j;
    let slot = plan[entry].x;
    for (var turn = select(0u, 1u, slot >= 0.0); turn > 0u; turn--) {
      let place = params.count + entry * 3u * params.vectors + vector;
      let mean = plan[place];
      let scale = plan[place + params.vectors];
      let shift = plan[place + 2u * params.vectors];
      let start = params.stackOffset + u32(slot) * params.vectors + vector;
      sum0 += (stack[start + row0 * params.stackStride] - mean) * scale + shift;
      sum1 += (stack[start + row1 * params.stackStride] - mean) * scale + shift;
      sum2 += (stack[start + row2 * params.stackStride] - mean) * scale + shift;
      sum3 += (stack[start + row3 * params.stackStride] - mean) * scale + shift;
      sum4 += (stack[start + row4 * params.stackStride] - mean) * scale + shift;
      sum5 += (stack[start + row5 * params.stackStride] - mean) * scale + shift;
      sum6 += (stack[start + row6 * params.stackStride] - mean) * scale + shift;
      sum7 += (stack[start + row7 * params.stackStride] - mean) * scale + shift;
    }
  }
  for (var i = 0u; i < params.blockRows; i++) {
    let row = first + i * params.rowStep;
    if (row < params.rows) {
      switch edge {
        case 0u: {
          y0[params.y0Offset + row * params.y0Stride + vector] = sum0;
        }
        case 1u: {
          y1[params.y1Offset + row * params.y1Stride + vector] = sum0;
        }
        case 2u: {
          y2[params.y2Offset + row * params.y2Stride + vector] = sum0;
        }
        default: {
          y3[params.y3Offset + row * params.y3Stride + vector] = sum0;
        }
      }
    }
    sum0 = sum1;
    sum1 = sum2;
    sum2 = sum3;
    sum3 = sum4;
    sum4 = sum5;
    sum5 = sum6;
    sum6 = sum7;
  }
}
