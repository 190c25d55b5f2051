import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation, ReferenceTensor, Sample } from '../../graph/operation.js';
import { channelsOf, formatType, type ValueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';

/**
 * Softmax over the last dimension: y_k = exp(x_k - max x) / sum_j exp(x_j - max x).
 * @param x f32 [..., C] of rank 1 or more, in layout rows
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is a scalar or in layout matrix
 */
export function softmax(x: Value): Value {
  return x.graph.apply(softmaxOperation, [x], {})[0];
}

/**
 * Logarithm of the softmax over the last dimension, computed with the log-sum-exp: y_k = x_k - max x - log sum_j
 * exp(x_j - max x).
 * @param x f32 [..., C] of rank 1 or more, in layout rows
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is a scalar or in layout matrix
 */
export function logSoftmax(x: Value): Value {
  return x.graph.apply(logSoftmaxOperation, [x], {})[0];
}

type NoAttributes = Record<string, never>;

function checkRows(name: string, x: ValueType): void {
  checkFloat(name, 'x', x);
  if (x.shape.length === 0 || x.layout !== 'rows')
    throw new ShapeError(`${name}: x is ${formatType(x)} (${x.layout}), wanted rank 1 or more (rows)`);
}

/** Applies a function to every row along the last dimension. */
function mapRows(x: ReferenceTensor, map: (row: Float64Array, index: number) => Float64Array): Float64Array {
  const result = new Float64Array(x.data.length);
  const width = x.shape[x.shape.length - 1];
  for (let start = 0; start < x.data.length; start += width)
    result.set(map(x.data.subarray(start, start + width), start), start);
  return result;
}

function softmaxRow(row: Float64Array): Float64Array {
  const top = Math.max(...row);
  const exponentials = row.map((value) => Math.exp(value - top));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

const samples: Sample<NoAttributes>[] = [
  { name: 'rows', inputs: [{ shape: [6, 5] }], attributes: {} },
  { name: 'a vector', inputs: [{ shape: [8] }], attributes: {} },
  { name: 'images', inputs: [{ shape: [2, 3, 5, 11] }], attributes: {} },
];

function forward(name: string, log: boolean): Operation<NoAttributes> {
  return {
    name,
    infer: ([x]) => {
      checkRows(name, x);
      return [x];
    },
    lower: ({ inputs: [x], outputs: [y] }) => [
      {
        kernel: 'reduce/softmax',
        constants: { LOG: log },
        uniforms: {
          rows: x.rows,
          channels: channelsOf(x.type),
          ...viewUniforms('x', x),
          ...viewUniforms('y', y),
        },
        bindings: { x: x.operand, y: y.operand },
        grid: gridOf(x.rows),
      },
    ],
    gradient: ({ outputs: [y], outputGradients: [dy] }) => [
      dy && y.graph.apply(log ? logSoftmaxGradientOperation : softmaxGradientOperation, [dy, y], {})[0],
    ],
    reference: ([x]) => [mapRows(x, (row) => (log ? softmaxRow(row).map(Math.log) : softmaxRow(row)))],
    cost: trafficOnly,
    reductionLength: ([x]) => channelsOf(x),
    samples,
  };
}

/** The gradient. Inputs: dy, the output y. */
function backward(name: string, log: boolean): Operation<NoAttributes> {
  return {
    name,
    infer: (types) => {
      checkSameShape(name, types);
      checkRows(name, types[0]);
      return [types[0]];
    },
    lower: ({ inputs: [dy, y], outputs: [dx] }) => [
      {
        kernel: 'reduce/softmaxGradient',
        constants: { LOG: log },
        uniforms: {
          rows: dx.rows,
          channels: channelsOf(dx.type),
          ...viewUniforms('dy', dy),
          ...viewUniforms('y', y),
          ...viewUniforms('dx', dx),
        },
        bindings: { dy: dy.operand, y: y.operand, dx: dx.operand },
        grid: gridOf(dx.rows),
      },
    ],
    reference: ([dy, y]) => [
      mapRows(dy, (gradient, start) => {
        const output = y.data.subarray(start, start + gradient.length);
        const total = gradient.reduce((sum, g, k) => sum + (log ? g : g * output[k]), 0);
        return gradient.map((g, k) => (log ? g - Math.exp(output[k]) * total : output[k] * (g - total)));
      }),
    ],
    cost: trafficOnly,
    reductionLength: ([dy]) => channelsOf(dy),
    samples: samples.map((sample) => ({ ...sample, inputs: [sample.inputs[0], sample.inputs[0]] })),
  };
}

export const softmaxOperation = forward('softmax', false);
export const logSoftmaxOperation = forward('logSoftmax', true);
export const softmaxGradientOperation = backward('softmaxGradient', false);
export const logSoftmaxGradientOperation = backward('logSoftmaxGradient', true);
