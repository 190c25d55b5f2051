import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, trafficOnly } from '../record/kernelCall.js';
import { sumCalls } from './add.js';
import {
  checkWeights,
  placeOf,
  type WeightedSumAttributes,
  weightedSumInputGradientOperation,
  weightedSumWeightGradientOperation,
} from './weightedSumGradients.js';

/**
 * sum_i weights[indices[i]] * inputs[i]: a node of a relaxed cell, summed over all its edges and candidate operations
 * (Liu et al. 2019, DARTS, eq. 2). Inputs whose weight is zero are not read.
 * @param inputs f32, all of one shape and layout
 * @param weights f32 [K] or [edges, operations], in layout rows
 * @param indices for each input the row-major index of its weight: edge * operations + operation
 * @returns a value of the type of the inputs
 * @throws {ShapeError} when there is no input, the types of the inputs differ, or the weights have another rank or layout
 * @throws {AttributeError} when there is not one index for each input, or one is not that of an element of the weights
 * @throws {DTypeError} when the inputs or the weights are u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function weightedSum(inputs: readonly Value[], weights: Value, indices: readonly number[]): Value {
  if (inputs.length === 0) throw new ShapeError('weightedSum: got no inputs, wanted at least one');
  return weights.graph.apply(weightedSumOperation, [...inputs, weights], { indices })[0];
}

/**
 * x times one element of the weights.
 * @param x f32 of any shape
 * @param weights f32 [K] or [M, N], in layout rows
 * @param index row-major index of the element
 * @returns a value of the type of x
 * @throws {ShapeError | AttributeError | DTypeError | OwnershipError} as `weightedSum`
 */
export function scaleBy(x: Value, weights: Value, index: number): Value {
  return weightedSum([x], weights, [index]);
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
    const gradients: (Value | undefined)[] = inputs.map(() => undefined);
    if (!dy) return gradients;
    const { graph } = dy;
    const weights = inputs[inputs.length - 1];
    const wanted = indices.filter((_, i) => needed[i]);
    const multiples =
      wanted.length > 0 ? graph.apply(weightedSumInputGradientOperation, [dy, weights], { indices: wanted }) : [];
    let next = 0;
    indices.forEach((_, i) => {
      if (needed[i]) gradients[i] = multiples[next++];
    });
    if (needed[indices.length]) {
      const values = [dy, ...inputs.slice(0, -1)];
      const attributes = { indices, shape: weights.shape };
      gradients[indices.length] = graph.apply(weightedSumWeightGradientOperation, values, attributes)[0];
    }
    return gradients;
  },
  reference: (tensors, { indices }) => {
    const weights = tensors[tensors.length - 1].data;
    const [first] = tensors;
    return [first.data.map((_, j) => indices.reduce((sum, w, i) => sum + weights[w] * tensors[i].data[j], 0))];
  },
  cost: trafficOnly,
  reductionLength: (types) => types.length - 1,
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
