// Gradients of recurrent/lstmCell by its gates and its cell, from those by hidden and newCell. With activated gates
// i, f, g, o, c = cell, t = tanh(newCell) and d = dNewCell + dHidden * o * (1 - t^2): dCell = d * f, and dGates = d
// * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g^2), dHidden * t * o * (1 - o).
// Layout: gates and dGates are views of rows x 4 vectors vec4s, the others of rows x vectors.
// Grid: one invocation per vec4 of dCell; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  gatesOffset: u32,
  gatesStride: u32,
  cellOffset: u32,
  cellStride: u32,
  newCellOffset: u32,
  newCellStride: u32,
  dHiddenOffset: u32,
  dHiddenStride: u32,
  dNewCellOffset: u32,
  dNewCellStride: u32,
  dGatesOffset: u32,
  dGatesStride: u32,
  dCellOffset: u32,
  dCellStride: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gates: array<vec4f>;
@group(0) @binding(2) var<storage, read> cell: array<vec4f>;
@group(0) @binding(3) var<storage, read> newCell: array<vec4f>;
@group(0) @binding(4) var<storage, read> dHidden: array<vec4f>;
@group(0) @binding(5) var<storage, read> dNewCell: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dGates: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dCell: array<vec4f>;

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
  let squashed = hyperbolicTangent(newCell[params.newCellOffset + row * params.newCellStride + vector]);
  let byHidden = dHidden[params.dHiddenOffset + row * params.dHiddenStride + vector];
  let byCell = dNewCell[params.dNewCellOffset + row * params.dNewCellStride + vector];
  let slope = byCell + byHidden * outputGate * (1.0 - squashed * squashed);
  let before = cell[params.cellOffset + row * params.cellStride + vector];
  let result = params.dGatesOffset + row * params.dGatesStride + vector;
  dGates[result] = slope * candidate * inputGate * (1.0 - inputGate);
  dGates[result + params.vectors] = slope * before * forgetGate * (1.0 - forgetGate);
  dGates[result + 2u * params.vectors] = slope * inputGate * (1.0 - candidate * candidate);
  dGates[result + 3u * params.vectors] = byHidden * squashed * outputGate * (1.0 - outputGate);
  dCell[params.dCellOffset + row * params.dCellStride + vector] = slope * forgetGate;
}
