import type { Value } from '../../../src/engine/graph/graph.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { gradientNorm } from '../../../src/engine/ops/optim/gradientNorm.js';
import { mean as meanOf, sum as sumOf, sumRows } from '../../../src/engine/ops/reduce/reduce.js';
import { axes as axesOf, axisOf, reshaped, sizeOf, transposed } from '../arrays.js';
import { type Adapter, type NodeCall, Unsupported } from '../call.js';

export const sum: Adapter = (call) => reduce(call, { all: sumOf, rows: sumRows });

export const mean: Adapter = (call) => reduce(call, { all: meanOf, rows: (x) => scale(sumRows(x), 1 / x.shape[0]) });

export const sumOfSquares: Adapter = (call) =>
  reduce(call, { all: (x) => sumOf(multiply(x, x)), rows: (x) => sumRows(multiply(x, x)) });

/** The Euclidean norm, which gradient clipping uses. */
export const norm: Adapter = (call) => reduce(call, { all: gradientNorm });

interface Reduction {
  /** [n] to a scalar. */
  readonly all: (x: Value) => Value;
  /** [rows, columns] to [columns]. */
  readonly rows?: (x: Value) => Value;
}

async function reduce(call: NodeCall, { all, rows }: Reduction) {
  const x = call.float(0);
  const rank = x.shape.length;
  const given = call.has(1) ? call.integers(1) : (call.numbers('axes') ?? []);
  if (given.length === 0 && call.number('noop_with_empty_axes', 0) === 1)
    throw new Unsupported('reductions over no axis');
  const axes = given.length > 0 ? given.map((axis) => axisOf(axis, rank)) : axesOf(rank);
  const kept = axesOf(rank).filter((axis) => !axes.includes(axis));
  const columns = sizeOf(kept.map((axis) => x.shape[axis]));
  const matrix = transposed(x, [...axes, ...kept]);
  if (kept.length > 0 && !rows) throw new Unsupported('norms over some of the axes');
  const [y] = await call.run((tracer) => [
    kept.length === 0 || !rows
      ? all(tracer.feed(reshaped(matrix, [x.data.length])))
      : rows(tracer.feed(reshaped(matrix, [x.data.length / columns, columns]))),
  ]);
  const keeps = call.number('keepdims', 1) === 1;
  return [
    reshaped(
      y,
      keeps ? x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)) : kept.map((axis) => x.shape[axis]),
    ),
  ];
}
