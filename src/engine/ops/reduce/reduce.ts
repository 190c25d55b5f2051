import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import {
  channelsOf,
  formatType,
  type Layout,
  logicalSize,
  sameShape,
  type ValueType,
  valueType,
} from '../../graph/types.js';
import { scale } from '../elementwise/scale.js';
import { checkFloat } from '../record/checks.js';
import { trafficOnly } from '../record/kernelCall.js';
import { columnSumCalls, totalCalls } from '../record/reduceCalls.js';
import { broadcastCall } from './broadcastCall.js';

/**
 * Sum of all elements.
 * @param x f32 of any shape and layout
 * @returns a scalar, f32 []
 * @throws {DTypeError} when x is u32 or f16
 */
export function sum(x: Value): Value {
  return x.graph.apply(sumOperation, [x], { mean: false })[0];
}

/**
 * Mean of all elements.
 * @param x f32 of any shape and layout
 * @returns a scalar, f32 []
 * @throws {DTypeError} when x is u32 or f16
 */
export function mean(x: Value): Value {
  return x.graph.apply(sumOperation, [x], { mean: true })[0];
}

/**
 * Sum over all dimensions but the last: the gradient of a bias.
 * @param x f32 [..., C] of rank 2 or more
 * @returns f32 [C]
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x has a rank below 2
 */
export function sumRows(x: Value): Value {
  return x.graph.apply(sumRowsOperation, [x], {})[0];
}

/**
 * A tensor filled with factor * x: the adjoint of `sum`.
 * @param x a scalar, f32 []
 * @param type shape and layout of the result
 * @returns f32 of that shape and layout
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is not a scalar
 */
export function broadcastScalar(x: Value, type: ValueType, factor = 1): Value {
  return x.graph.apply(broadcastScalarOperation, [x], { shape: type.shape, layout: type.layout, factor })[0];
}

/**
 * A tensor of which every row, along the last dimension, is factor * x: the adjoint of `sumRows`.
 * @param x f32 [C]
 * @param type shape [..., C] and layout of the result
 * @returns f32 of that shape and layout
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is not [C]
 */
export function broadcastRow(x: Value, type: ValueType, factor = 1): Value {
  return x.graph.apply(broadcastRowOperation, [x], { shape: type.shape, layout: type.layout, factor })[0];
}

export const sumOperation: Operation<{ mean: boolean }> = {
  name: 'sum',
  infer: ([x]) => {
    checkFloat('sum', 'x', x);
    return [valueType([])];
  },
  lower: ({ inputs: [x], outputs: [y], attributes, scratch }) =>
    totalCalls(x, y, attributes.mean ? 1 / logicalSize(x.type) : 1, scratch),
  gradient: ({ inputs: [x], outputGradients: [dy], attributes }) => [
    dy && broadcastScalar(dy, x.type, attributes.mean ? 1 / logicalSize(x.type) : 1),
  ],
  reference: ([x], { mean }) => {
    const total = x.data.reduce((sum, value) => sum + value, 0);
    return [Float64Array.of(mean ? total / x.data.length : total)];
  },
  cost: trafficOnly,
  reductionLength: ([x]) => logicalSize(x),
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7] }], attributes: { mean: false } },
    { name: 'mean of a matrix', inputs: [{ shape: [3, 3, 5, 6], layout: 'matrix' }], attributes: { mean: true } },
    { name: 'a scalar', inputs: [{ shape: [] }], attributes: { mean: false } },
    { name: 'a long vector', inputs: [{ shape: [5003] }], attributes: { mean: true } },
    { name: 'many rows', inputs: [{ shape: [7, 19, 13, 6] }], attributes: { mean: true } },
  ],
};

export const sumRowsOperation: Operation<Record<string, never>> = {
  name: 'sumRows',
  infer: ([x]) => {
    checkFloat('sumRows', 'x', x);
    if (x.shape.length < 2) throw new ShapeError(`sumRows: x is ${formatType(x)}, wanted rank 2 or more`);
    return [valueType([channelsOf(x)])];
  },
  lower: ({ inputs: [x], outputs: [y], scratch }) =>
    columnSumCalls(x, y, { groups: 1, rows: x.rows, vectors: x.vectors, factor: 1 }, scratch),
  gradient: ({ inputs: [x], outputGradients: [dy] }) => [dy && broadcastRow(dy, x.type)],
  reference: ([x]) => {
    const channels = x.shape.at(-1) ?? 1;
    const sums = new Float64Array(channels);
    x.data.forEach((value, i) => {
      sums[i % channels] += value;
    });
    return [sums];
  },
  cost: trafficOnly,
  reductionLength: ([x]) => logicalSize(x) / channelsOf(x),
  samples: [
    { name: 'few rows', inputs: [{ shape: [3, 7] }], attributes: {} },
    { name: 'many rows', inputs: [{ shape: [5, 9, 7, 6] }], attributes: {} },
    { name: 'a matrix', inputs: [{ shape: [2, 5, 9], layout: 'matrix' }], attributes: {} },
  ],
};

interface BroadcastAttributes {
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly factor: number;
}

export const broadcastScalarOperation: Operation<BroadcastAttributes> = {
  name: 'broadcastScalar',
  infer: ([x], { shape, layout }) => {
    checkFloat('broadcastScalar', 'x', x);
    if (x.shape.length > 0) throw new ShapeError(`broadcastScalar: x is ${formatType(x)}, wanted a scalar`);
    return [valueType(shape, 'f32', layout)];
  },
  lower: ({ inputs: [x], outputs: [y], attributes: { factor }, target }) => [
    broadcastCall(x, y, { repeat: y.rows, factor, scalar: true }, target),
  ],
  gradient: ({ outputGradients: [dy], attributes }) => [dy && scale(sum(dy), attributes.factor)],
  reference: ([x], { shape, factor }) => [new Float64Array(logicalSize(valueType(shape))).fill(factor * x.data[0])],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [] }], attributes: { shape: [2, 3, 5], layout: 'rows', factor: 0.5 } },
    { name: 'a matrix', inputs: [{ shape: [] }], attributes: { shape: [2, 3, 5, 6], layout: 'matrix', factor: 1 } },
    { name: 'a scalar', inputs: [{ shape: [] }], attributes: { shape: [], layout: 'rows', factor: 3 } },
  ],
};

export const broadcastRowOperation: Operation<BroadcastAttributes> = {
  name: 'broadcastRow',
  infer: ([x], { shape, layout }) => {
    checkFloat('broadcastRow', 'x', x);
    const type = valueType(shape, 'f32', layout);
    if (!sameShape(x.shape, [channelsOf(type)]))
      throw new ShapeError(`broadcastRow: x is ${formatType(x)}, wanted [${channelsOf(type)}] for shape [${shape}]`);
    return [type];
  },
  lower: ({ inputs: [x], outputs: [y], attributes: { factor }, target }) => [
    broadcastCall(x, y, { repeat: y.rows, factor }, target),
  ],
  gradient: ({ outputGradients: [dy], attributes }) => [
    dy && scale(dy.shape.length > 1 ? sumRows(dy) : dy, attributes.factor),
  ],
  reference: ([x], { shape, factor }) => [
    new Float64Array(logicalSize(valueType(shape))).map((_, i) => factor * x.data[i % x.data.length]),
  ],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [7] }], attributes: { shape: [2, 3, 7], layout: 'rows', factor: 0.5 } },
    {
      name: 'more rows than invocations',
      inputs: [{ shape: [16] }],
      attributes: { shape: [4111, 16], layout: 'rows', factor: 2 },
    },
    { name: 'a matrix', inputs: [{ shape: [6] }], attributes: { shape: [2, 5, 6], layout: 'matrix', factor: 2 } },
  ],
};
