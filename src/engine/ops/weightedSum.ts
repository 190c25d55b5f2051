import { AttributeError, ShapeError } from '../errors.js';
import type { Value } from '../graph/graph.js';
import { formatType, logicalSize, type ValueType } from '../graph/types.js';
import { sumCalls } from './add.js';
import { checkFloat } from './checks.js';
import { checkSameShape, extentUniforms, gridOf, trafficOnly, viewUniforms } from './kernelCall.js';
import type { KernelCall, Located, Operation, ReferenceTensor } from './operation.js';
import { chunksOf } from './reduceCalls.js';

interface WeightedSumAttributes {
  /** Element of the weights, row-major, that multiplies each input. */
  readonly indices: readonly number[];
}

interface WeightGradientAttributes extends WeightedSumAttributes {
  readonly shape: readonly number[];
}

/** Values that one dispatch of the dot-product kernel takes. */
const DOT_WIDTH = 5;

/** Partial sums of one term that the second stage adds. */
const MOST_PARTS = 512;

/**
 * sum_i weights[indices[i]] * inputs[i]: a node of a relaxed cell, over all its edges and candidates at once (Liu et al.
 * 2019, DARTS, eq. 2).
 * @param inputs values of one shape
 * @param weights a row [K] or a matrix [edges, operations]
 * @param indices for every input an element of the weights, row-major: edge * operations + operation
 * @throws ShapeError, AttributeError
 */
export function weightedSum(inputs: readonly Value[], weights: Value, indices: readonly number[]): Value {
  if (inputs.length === 0) throw new ShapeError('weightedSum: got no inputs, wanted at least one');
  return weights.graph.apply(weightedSumOperation, [...inputs, weights], { indices })[0];
}

/** x times one element of a row or matrix of weights (row-major index). */
export function scaleBy(x: Value, weights: Value, index: number): Value {
  return weightedSum([x], weights, [index]);
}

/** Scalars from the weights' first to a given element in memory. */
function placeOf(weights: Located, index: number): number {
  const columns = weights.type.shape[weights.type.shape.length - 1];
  return Math.floor(index / columns) * weights.stride * 4 + (index % columns);
}

function checkWeights(operation: string, weights: ValueType, count: number, indices: readonly number[]): void {
  checkFloat(operation, 'weights', weights);
  if (weights.shape.length < 1 || weights.shape.length > 2 || weights.layout !== 'rows')
    throw new ShapeError(
      `${operation}: weights are ${formatType(weights)} (${weights.layout}), wanted rank 1 or 2 in layout rows`,
    );
  if (indices.length !== count)
    throw new AttributeError(`${operation}: got ${indices.length} indices for ${count} inputs, wanted one for each`);
  const size = logicalSize(weights);
  for (const index of indices)
    if (!Number.isInteger(index) || index < 0 || index >= size)
      throw new AttributeError(`${operation}: index ${index} of the weights, wanted an integer from 0 to ${size - 1}`);
}

export const weightedSumOperation: Operation<WeightedSumAttributes> = {
  name: 'weightedSum',
  infer: (types, { indices }) => {
    const inputs = types.slice(0, -1);
    checkFloat('weightedSum', 'input 0', inputs[0]);
    checkSameShape('weightedSum', inputs);
    checkWeights('weightedSum', types[types.length - 1], inputs.length, indices);
    return [inputs[0]];
  },
  lower: ({ inputs, outputs: [y], attributes }) => {
    const row = inputs[inputs.length - 1];
    const indices = attributes.indices.map((index) => placeOf(row, index));
    return sumCalls(inputs.slice(0, -1), y, { row, indices });
  },
  gradient: ({ inputs, outputGradients: [dy], attributes: { indices }, needed }) => {
    const weights = inputs[inputs.length - 1];
    if (!dy) return inputs.map(() => undefined);
    const toInputs = indices.map((index, i) => (needed[i] ? scaleBy(dy, weights, index) : undefined));
    if (!needed[indices.length]) return toInputs;
    const attributes = { indices, shape: weights.shape };
    const values = [dy, ...inputs.slice(0, -1)];
    return [...toInputs, dy.graph.apply(weightedSumWeightGradientOperation, values, attributes)[0]];
  },
  reference: (tensors, { indices }) => {
    const weights = tensors[tensors.length - 1].data;
    const [first] = tensors;
    return [first.data.map((_, j) => indices.reduce((sum, w, i) => sum + weights[w] * tensors[i].data[j], 0))];
  },
  cost: trafficOnly,
  sumLength: (types) => types.length - 1,
  samples: [
    { name: 'one input', inputs: [{ shape: [2, 3, 3, 6] }, { shape: [5] }], attributes: { indices: [3] } },
    {
      name: 'two edges of three operations, one left out',
      inputs: [...Array.from({ length: 5 }, () => ({ shape: [2, 5, 3, 7] })), { shape: [2, 3] }],
      attributes: { indices: [0, 1, 2, 4, 5] },
    },
    {
      name: 'more inputs than one dispatch holds, a weight used twice',
      inputs: [...Array.from({ length: 7 }, () => ({ shape: [3, 5] })), { shape: [3, 5] }],
      attributes: { indices: [14, 0, 7, 7, 6, 9, 10] },
    },
  ],
};

/** d(weights) of a weighted sum: at each index the sum of dy * input, zero elsewhere. Inputs: dy, then the inputs. */
export const weightedSumWeightGradientOperation: Operation<WeightGradientAttributes> = {
  name: 'weightedSumWeightGradient',
  infer: (types, { indices, shape }) => {
    checkSameShape('weightedSumWeightGradient', types);
    const weights: ValueType = { shape, dtype: 'f32', layout: 'rows' };
    checkWeights('weightedSumWeightGradient', weights, types.length - 1, indices);
    return [weights];
  },
  lower: ({ inputs: [dy, ...values], outputs: [y], attributes, scratch }) => {
    const chunks = Math.min(chunksOf(dy.rows, dy.vectors), Math.max(1, Math.floor(MOST_PARTS / dy.vectors)));
    const parts = chunks * dy.vectors;
    const partial = scratch(values.length * (parts + 1));
    const calls: KernelCall[] = [];
    for (let start = 0; start < values.length; start += DOT_WIDTH) {
      const group = values.slice(start, start + DOT_WIDTH);
      const uniforms: Record<string, number> = {
        ...extentUniforms(dy),
        chunks,
        firstTerm: start,
        ...viewUniforms('dy', dy),
      };
      const bindings: Record<string, Located['operand']> = { dy: dy.operand, partial };
      for (let i = 0; i < DOT_WIDTH; i++) {
        const value = group[i] ?? group[0];
        Object.assign(uniforms, viewUniforms(`x${i}`, value));
        uniforms[`place${i}`] = group[i] ? placeOf(y, attributes.indices[start + i]) : 0;
        bindings[`x${i}`] = value.operand;
      }
      calls.push({
        kernel: 'reduce/dotProducts',
        constants: { COUNT: group.length },
        uniforms,
        bindings,
        grid: gridOf(parts),
      });
    }
    calls.push({
      kernel: 'reduce/placeTerms',
      uniforms: { ...extentUniforms(y), terms: values.length, parts, ...viewUniforms('y', y) },
      bindings: { partial, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    });
    return calls;
  },
  reference: ([dy, ...values], { indices, shape }) => {
    const result = new Float64Array(shape.reduce((size, extent) => size * extent, 1));
    values.forEach((value, i) => {
      result[indices[i]] += dotProduct(dy, value);
    });
    return [result];
  },
  cost: trafficOnly,
  sumLength: ([dy]) => logicalSize(dy),
  samples: [
    {
      name: 'two edges of three operations, one left out',
      inputs: Array.from({ length: 6 }, () => ({ shape: [2, 5, 3, 7] })),
      attributes: { indices: [0, 1, 2, 4, 5], shape: [2, 3] },
    },
    {
      name: 'more inputs than one dispatch holds, an index twice',
      inputs: Array.from({ length: 8 }, () => ({ shape: [3, 9, 5] })),
      attributes: { indices: [14, 0, 7, 7, 6, 9, 10], shape: [3, 5] },
    },
    {
      name: 'many rows',
      inputs: Array.from({ length: 3 }, () => ({ shape: [4, 11, 9, 5] })),
      attributes: { indices: [4, 2], shape: [6] },
    },
  ],
};

function dotProduct(a: ReferenceTensor, b: ReferenceTensor): number {
  return a.data.reduce((sum, value, i) => sum + value * b.data[i], 0);
}
