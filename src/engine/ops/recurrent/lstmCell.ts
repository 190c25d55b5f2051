import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation, ReferenceTensor, Sample } from '../../graph/operation.js';
import { formatType, type ValueType, valueType } from '../../graph/types.js';
import { checkRank, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { checkRows, checkShape } from '../record/shapeChecks.js';
import { broadcastScalar } from '../reduce/reduce.js';

type NoAttributes = Record<string, never>;

/**
 * Elementwise part of an LSTM step: c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c') (Hochreiter and
 * Schmidhuber 1997, with the forget gate of Gers et al. 2000; gates in the order of PyTorch).
 * @param gates preactivations of the gates i, f, g and o, f32 [batch, 4 units] in layout rows; units a multiple of four
 * @param cell c, f32 [batch, units] in layout rows
 * @returns h' and c', both f32 [batch, units]
 * @throws {ShapeError} when shapes or layouts do not fit, or units is no multiple of four
 * @throws {DTypeError} when an argument is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function lstmCell(gates: Value, cell: Value): readonly [hidden: Value, cell: Value] {
  const [hidden, newCell] = gates.graph.apply(lstmCellOperation, [gates, cell], {});
  return [hidden, newCell];
}

function checkCell(name: string, gates: ValueType, states: Readonly<Record<string, ValueType>>): void {
  const [first] = Object.values(states);
  for (const [argument, type] of Object.entries({ gates, ...states })) {
    checkRows(name, argument, type);
    checkRank(name, argument, type, 2);
  }
  const [batch, units] = first.shape;
  if (units % 4 !== 0)
    throw new ShapeError(`${name}: ${Object.keys(states)[0]} is ${formatType(first)}, wanted a multiple of four units`);
  checkShape(name, 'gates', gates, [batch, 4 * units]);
  for (const [argument, type] of Object.entries(states)) checkShape(name, argument, type, [batch, units]);
}

/** Length of the longest chain of roundings, in place of a sum length. */
const ROUNDINGS = 8;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The activated gates of every unit. */
function* gatesOf(gates: ReferenceTensor) {
  const [batch, width] = gates.shape;
  const units = width / 4;
  for (let row = 0; row < batch; row++)
    for (let unit = 0; unit < units; unit++) {
      const at = [0, 1, 2, 3].map((gate) => row * width + gate * units + unit);
      const [i, f, g, o] = at.map((place) => gates.data[place]);
      yield { at, index: row * units + unit, i: sigmoid(i), f: sigmoid(f), g: Math.tanh(g), o: sigmoid(o) };
    }
}

const sizes: readonly [string, number, number][] = [
  ['few rows', 3, 4],
  ['odd sizes', 5, 12],
  ['many rows', 133, 8],
];

function samples(states: number): Sample<NoAttributes>[] {
  return sizes.map(([name, batch, units]) => ({
    name,
    inputs: [{ shape: [batch, 4 * units] }, ...Array.from({ length: states }, () => ({ shape: [batch, units] }))],
    attributes: {},
  }));
}

export const lstmCellOperation: Operation<NoAttributes> = {
  name: 'lstmCell',
  infer: ([gates, cell]) => {
    checkCell('lstmCell', gates, { cell });
    return [cell, cell];
  },
  lower: ({ inputs: [gates, cell], outputs: [hidden, newCell] }) => [
    {
      kernel: 'recurrent/lstmCell',
      uniforms: {
        rows: hidden.rows,
        vectors: hidden.vectors,
        ...viewUniforms('gates', gates),
        ...viewUniforms('cell', cell),
        ...viewUniforms('hidden', hidden),
        ...viewUniforms('newCell', newCell),
      },
      bindings: { gates: gates.operand, cell: cell.operand, hidden: hidden.operand, newCell: newCell.operand },
      grid: gridOf(hidden.rows * hidden.vectors),
    },
  ],
  gradient: ({ inputs: [gates, cell], outputs: [, newCell], outputGradients: [dHidden, dNewCell] }) => {
    const { graph } = gates;
    if (!dHidden && !dNewCell) return [];
    const zero = () => broadcastScalar(graph.constant([0], []), cell.type);
    const inputs = [gates, cell, newCell, dHidden ?? zero(), dNewCell ?? zero()];
    return [...graph.apply(lstmCellGradientOperation, inputs, {})];
  },
  reference: ([gates, cell]) => {
    const [hidden, newCell] = [new Float64Array(cell.data.length), new Float64Array(cell.data.length)];
    for (const { index, i, f, g, o } of gatesOf(gates)) {
      newCell[index] = f * cell.data[index] + i * g;
      hidden[index] = o * Math.tanh(newCell[index]);
    }
    return [hidden, newCell];
  },
  cost: trafficOnly,
  reductionLength: () => ROUNDINGS,
  samples: samples(1),
};

/** Gradients by gates and cell. Inputs: gates, cell, the new cell, the gradients by hidden and new cell. */
export const lstmCellGradientOperation: Operation<NoAttributes> = {
  name: 'lstmCellGradient',
  infer: ([gates, cell, newCell, dHidden, dNewCell]) => {
    checkCell('lstmCellGradient', gates, { cell, newCell, dHidden, dNewCell });
    return [valueType(gates.shape), valueType(cell.shape)];
  },
  lower: ({ inputs: [gates, cell, newCell, dHidden, dNewCell], outputs: [dGates, dCell] }) => {
    const values = { gates, cell, newCell, dHidden, dNewCell, dGates, dCell };
    const views = Object.entries(values).map(([name, value]) => viewUniforms(name, value));
    return [
      {
        kernel: 'recurrent/lstmCellGradient',
        uniforms: Object.assign({ rows: dCell.rows, vectors: dCell.vectors }, ...views),
        bindings: Object.fromEntries(Object.entries(values).map(([name, { operand }]) => [name, operand])),
        grid: gridOf(dCell.rows * dCell.vectors),
      },
    ];
  },
  reference: ([gates, cell, newCell, dHidden, dNewCell]) => {
    const [dGates, dCell] = [new Float64Array(gates.data.length), new Float64Array(cell.data.length)];
    for (const { at, index, i, f, g, o } of gatesOf(gates)) {
      const t = Math.tanh(newCell.data[index]);
      const d = dNewCell.data[index] + dHidden.data[index] * o * (1 - t * t);
      dGates[at[0]] = d * g * i * (1 - i);
      dGates[at[1]] = d * cell.data[index] * f * (1 - f);
      dGates[at[2]] = d * i * (1 - g * g);
      dGates[at[3]] = dHidden.data[index] * t * o * (1 - o);
      dCell[index] = d * f;
    }
    return [dGates, dCell];
  },
  cost: trafficOnly,
  reductionLength: () => ROUNDINGS,
  samples: samples(4),
};
