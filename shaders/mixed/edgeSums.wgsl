// First of two stages of the sums behind the gradients of a relaxed cell's edges: of every chunk of rows and entry the sum of
// dy[edge] * (x - mean), channel by channel; then the same of the skip connections; then the sums of dy of every target.
// Closed entries are not read: their sums are zero.
// Layout: stack is a view of rows x slots * vectors vec4s; skip and dy0..dy3 are views of rows x vectors; plan is that of
// mixed/plan without scales. partial is [count + edges][chunks][vectors], `count` the entries of the plan. Bindings of
// gradients that are not there repeat one that is; that of a missing skip repeats the stack.
// Grid: one invocation a (entry or edge, chunk, column), folded into x and y; it goes over rows chunk, chunk + chunks, ...
// The loops of no or one turn are branches that software drivers take only where a lane needs them.

struct Params {
  rows: u32,
  vectors: u32,
  chunks: u32,
  edges: u32,
  width: u32,
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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let columns = params.chunks * params.vectors;
  if (index >= (params.count + params.edges) * columns) {
    return;
  }
  let vector = index % params.vectors;
  let chunk = (index / params.vectors) % params.chunks;
  let entry = index / columns;
  let slotted = params.edges * params.width;
  // Skip connections and sums of dy follow the entries, target by target.
  let edge = select((entry - slotted) % params.edges, entry / params.width, entry < slotted);
  var slot = 0.0;
  var mean = vec4f(0.0);
  if (entry < params.count) {
    slot = plan[entry].x;
    mean = plan[params.count + entry * 3u * params.vectors + vector];
  }
  let isOpen = slot >= 0.0;
  let stacked = select(0u, 1u, isOpen && entry < slotted);
  let skipped = select(0u, 1u, isOpen && entry >= slotted && entry < params.count);
  let from0 = select(0u, 1u, edge == 0u);
  let from1 = select(0u, 1u, edge == 1u);
  let from2 = select(0u, 1u, edge == 2u);
  let from3 = select(0u, 1u, edge == 3u);
  let start = params.stackOffset + u32(max(slot, 0.0)) * params.vectors + vector;
  var sum = vec4f(0.0);
  for (var row = select(params.rows, chunk, isOpen); row < params.rows; row += params.chunks) {
    var x = vec4f(1.0);
    for (var turn = 0u; turn < stacked; turn++) {
      x = stack[start + row * params.stackStride] - mean;
    }
    for (var turn = 0u; turn < skipped; turn++) {
      x = skip[params.skipOffset + row * params.skipStride + vector];
    }
    for (var turn = 0u; turn < from0; turn++) {
      x *= dy0[params.dy0Offset + row * params.dy0Stride + vector];
    }
    for (var turn = 0u; turn < from1; turn++) {
      x *= dy1[params.dy1Offset + row * params.dy1Stride + vector];
    }
    for (var turn = 0u; turn < from2; turn++) {
      x *= dy2[params.dy2Offset + row * params.dy2Stride + vector];
    }
    for (var turn = 0u; turn < from3; turn++) {
      x *= dy3[params.dy3Offset + row * params.dy3Stride + vector];
    }
    sum += x;
  }
  partial[index] = sum;
}
