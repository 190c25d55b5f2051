// First of two stages of the sums from which the gradients of mixed edges are computed: for each chunk of rows and
// each entry (a candidate of an edge) the sum per channel of dy[edge] * (x - mean); then sum(dy * skip) of each skip
// connection; then sum(dy) of each edge. Closed entries, those of weight zero, are not read: their sums are zero.
// Layout: stack is a view of rows x slots * vectors vec4s; skip and dy0 to dy3 are views of rows x vectors; plan is
// that of mixed/plan without scales. partial is [count + edges][chunks][vectors] with `count` the number of entries
// of the plan. Bindings of missing gradients repeat another one; that of a missing skip repeats the stack.
// Grid: one invocation per (tile of chunks, edge, group of four of its entries, chunk of the tile, column), in this
// order, so that a row stays in the caches until all its candidates have been read; workgroups in x, then y. An
// invocation uses each dy that it loads for all of its entries; the first group of an edge also computes the sums of
// its skip connection and of dy. Loops of at most one iteration are branches that software drivers execute only
// where a lane needs them.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  tile: u32,
  chunkStart: u32,
  chunkSpan: u32,
  rowStep: u32,
  edges: u32,
  width: u32,
  groups: u32,
  count: u32,
  stackOffset: u32,
  stackStride: u32,
  skipOffset: u32,
  skipStride: u32,
  dy0Offset: u32,
  dy0Stride: u32,
  dy1Offset: u32,
  dy1Stride: u32,
  dy2Offset: u32,
  dy2Stride: u32,
  dy3Offset: u32,
  dy3Stride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stack: array<vec4f>;
@group(0) @binding(2) var<storage, read> skip: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy0: array<vec4f>;
@group(0) @binding(4) var<storage, read> dy1: array<vec4f>;
@group(0) @binding(5) var<storage, read> dy2: array<vec4f>;
@group(0) @binding(6) var<storage, read> dy3: array<vec4f>;
@group(0) @binding(7) var<storage, read> plan: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> partial: array<vec4f>;

// A candidate: its position in row 0 of the stack, its mean, and 1 where it is read, 0 where it is closed.
struct Entry {
  place: u32,
  turns: u32,
  mean: vec4f,
}

fn entryOf(edge: u32, j: u32, vector: u32) -> Entry {
  let entry = edge * params.width + min(j, params.width - 1u);
  let slot = plan[entry].x;
  let isOpen = slot >= 0.0 && j < params.width;
  let place = params.stackOffset + u32(max(slot, 0.0)) * params.vectors + vector;
  let mean = plan[params.count + entry * 3u * params.vectors + vector];
  return Entry(place, select(0u, 1u, isOpen), mean);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let vector = index % params.vectors;
  let item = index / params.vectors;
  let kind = (item / params.tile) % (params.edges * params.groups);
  let chunk = item / params.tile / (params.edges * params.groups) * params.tile + item % params.tile;
  if (chunk >= params.chunks) {
    return;
  }
  let group = kind % params.groups;
  let edge = kind / params.groups;
  let columns = params.chunks * params.vectors;
  let column = chunk * params.vectors + vector;
  let entry0 = entryOf(edge, group * 4u, vector);
  let entry1 = entryOf(edge, group * 4u + 1u, vector);
  let entry2 = entryOf(edge, group * 4u + 2u, vector);
  let entry3 = entryOf(edge, group * 4u + 3u, vector);
  let skipEntry = params.edges * params.width + edge;
  var skipTurns = 0u;
  if (skipEntry < params.count) {
    skipTurns = select(0u, 1u, group == 0u && plan[skipEntry].x >= 0.0);
  }
  let from0 = select(0u, 1u, edge == 0u);
  let from1 = select(0u, 1u, edge == 1u);
  let from2 = select(0u, 1u, edge == 2u);
  let from3 = select(0u, 1u, edge == 3u);
  var sum = vec4f(0.0);
  var skipSum = vec4f(0.0);
  var sum0 = vec4f(0.0);
  var sum1 = vec4f(0.0);
  var sum2 = vec4f(0.0);
  var sum3 = vec4f(0.0);
  let first = chunk * params.chunkStart;
  let end = min(params.rows, first + params.chunkSpan);
  for (var row = first; row < end; row += params.rowStep) {
    var dy = vec4f(0.0);
    for (var turn = 0u; turn < from0; turn++) {
      dy = dy0[params.dy0Offset + row * params.dy0Stride + vector];
    }
    for (var turn = 0u; turn < from1; turn++) {
      dy = dy1[params.dy1Offset + row * params.dy1Stride + vector];
    }
    for (var turn = 0u; turn < from2; turn++) {
      dy = dy2[params.dy2Offset + row * params.dy2Stride + vector];
    }
    for (var turn = 0u; turn < from3; turn++) {
      dy = dy3[params.dy3Offset + row * params.dy3Stride + vector];
    }
    sum += dy;
    let start = row * params.stackStride;
    for (var turn = 0u; turn < entry0.turns; turn++) {
      sum0 += dy * (stack[entry0.place + start] - entry0.mean);
    }
    for (var turn = 0u; turn < entry1.turns; turn++) {
      sum1 += dy * (stack[entry1.place + start] - entry1.mean);
    }
    for (var turn = 0u; turn < entry2.turns; turn++) {
      sum2 += dy * (stack[entry2.place + start] - entry2.mean);
    }
    for (var turn = 0u; turn < entry3.turns; turn++) {
      sum3 += dy * (stack[entry3.place + start] - entry3.mean);
    }
    for (var turn = 0u; turn < skipTurns; turn++) {
      skipSum += dy * skip[params.skipOffset + row * params.skipStride + vector];
    }
  }
  if (group == 0u) {
    partial[(params.count + edge) * columns + column] = sum;
    if (skipEntry < params.count) {
      partial[skipEntry * columns + column] = skipSum;
    }
  }
  let last = min(params.width, group * 4u + 4u);
  for (var j = group * 4u; j < last; j++) {
    partial[(edge * params.width + j) * columns + column] = sum0;
    sum0 = sum1;
    sum1 = sum2;
    sum2 = sum3;
  }
}
