// Elementwise part of an LSTM step (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000): with
// preactivations [i, f, g, o] in gates, newCell = sigmoid(f) * cell + sigmoid(i) * tanh(g) and hidden = sigmoid(o) *
// tanh(newCell).
// Layout: cell, hidden and newCell are views of rows x vectors vec4s, gates of rows x 4 vectors.
// Grid: one invocation per vec4 of hidden; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  gatesOffset: u32,
  gatesStride: u32,
  cellOffset: u32,
  cellStride: u32,
  hiddenOffset: u32,
  hiddenStride: u32,
  newCellOffset: u32,
  newCellStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gates: array<vec4f>;
@group(0) @binding(2) var<storage, read> cell: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> hidden: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> newCell: array<vec4f>;

fn sigmoid(value: vec4f) -> vec4f {
  let small = exp(-abs(value));
  return select(small, vec4f(1.0), value >= vec4f(0.0)) / (1.0 + small);
}

// Near 0, where 1 - exp(-2|x|) cancels digits, the first terms of the Taylor series.
fn hyperbolicTangent(value: vec4f) -> vec4f {
  let small = exp(-2.0 * abs(value));
  let square = value * value;
  let series = value * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0 - square * (17.0 / 315.0))));
  return select(sign(value) * (1.0 - small) / (1.0 + small), series, square < vec4f(0.02));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let place = params.gatesOffset + row * params.gatesStride + vector;
  let inputGate = sigmoid(gates[place]);
  let forgetGate = sigmoid(gates[place + params.vectors]);
  let candidate = hyperbolicTangent(gates[place + 2u * params.vectors]);
  let outputGate = sigmoid(gates[place + 3u * params.vectors]);
  let after = forgetGate * cell[params.cellOffset + row * params.cellStride + vector] + inputGate * candidate;
  hidden[params.hiddenOffset + row * params.hiddenStride + vector] = outputGate * hyperbolicTangent(after);
  newCell[params.newCellOffset + row * params.newCellStride + vector] = after;
}
