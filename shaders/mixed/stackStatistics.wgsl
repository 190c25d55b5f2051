// First of two stages of the batch statistics of a stack's candidates, as norm/statistics: for each chunk of rows
// (chunk, chunk + chunks, ...) the mean per channel and the sum of squared deviations from it. A candidate of which
// all entries are closed is not read: its statistics are those of zeros.
// Layout: stack is a view of rows x slots * vectors vec4s; w and entries are those of mixed/plan. partial is
// [chunks][2][normalised * vectors]: means, sums of squared deviations.
// Grid: one invocation per (chunk, column of the normalised slots); workgroups in x, then y.

struct Params {
  rows: u32,
  chunks: u32,
  vectors: u32,
  normalised: u32,
  slotted: u32,
  wOffset: u32,
  entriesOffset: u32,
  stackOffset: u32,
  stackStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stack: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> entries: array<u32>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  let columns = params.normalised * params.vectors;
  if (index >= params.chunks * columns) {
    return;
  }
  let column = index % columns;
  let chunk = index / columns;
  let slot = column / params.vectors;
  var isOpen = false;
  for (var entry = 0u; entry < params.slotted; entry++) {
    let isOwn = entries[params.entriesOffset * 4u + entry] == slot;
    isOpen = isOpen || (isOwn && w[params.wOffset * 4u + entry] != 0.0);
  }
  let end = select(0u, params.rows, isOpen);
  // Differences from the chunk's first row: a mean that is large compared with the deviation cancels no digits.
  var first = vec4f(0.0);
  var sum = vec4f(0.0);
  var squares = vec4f(0.0);
  for (var row = chunk; row < end; row += params.chunks) {
    let value = stack[params.stackOffset + row * params.stackStride + column];
    first = select(first, value, row == chunk);
    let distance = value - first;
    sum += distance;
    squares += distance * distance;
  }
  let count = f32((params.rows - chunk + params.chunks - 1u) / params.chunks);
  partial[chunk * 2u * columns + column] = first + sum / count;
  partial[(chunk * 2u + 1u) * columns + column] = max(squares - sum * sum / count, vec4f(0.0));
}
