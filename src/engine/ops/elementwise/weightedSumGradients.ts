import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { KernelCall, Operation, ReferenceTensor, TensorView } from '../../graph/operation.js';
import { formatType, logicalSize, type ValueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { chunksOf } from '../record/reduceCalls.js';
import { rowChunks, rowLoop } from '../record/rowLoop.js';

export interface WeightedSumAttributes {
  /** For each input the row-major index of its weight. */
  readonly indices: readonly number[];
}

interface WeightGradientAttributes extends WeightedSumAttributes {
  readonly shape: readonly number[];
}

/** Inputs or outputs of one dispatch: bounded by the 8 storage buffers that every WebGPU device has. */
const WIDTH = 5;

/** Most partial sums of one term: the second stage adds them one after the other. */
const MAX_PARTS = 512;

/** Distance in memory, in scalars, from the first element of the weights to the one of a row-major index. */
export function placeOf(weights: TensorView, index: number): number {
  const columns = weights.type.shape[weights.type.shape.length - 1];
  return Math.floor(index / columns) * weights.stride * 4 + (index % columns);
}

/**
 * Checks the weights of `count` inputs.
 * @throws {DTypeError} when the weights are u32
 * @throws {ShapeError} when the weights are not of rank 1 or 2 in layout rows
 * @throws {AttributeError} when there is not one index for each input, or one is out of range
 */
export function checkWeights(operation: string, weights: ValueType, count: number, indices: readonly number[]): void {
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

/** Gradients of a weighted sum by its inputs: weights[index] * dy for each index. Inputs: dy, the weights. */
export const weightedSumInputGradientOperation: Operation<WeightedSumAttributes> = {
  name: 'weightedSumInputGradient',
  infer: ([dy, weights], { indices }) => {
    checkFloat('weightedSumInputGradient', 'dy', dy);
    checkWeights('weightedSumInputGradient', weights, indices.length, indices);
    return indices.map(() => dy);
  },
  lower: ({ inputs: [dy, weights], outputs, attributes: { indices }, scratch, target }) => {
    const loop = rowLoop(dy.rows, dy.vectors, target);
    const calls: KernelCall[] = [];
    for (let start = 0; start < outputs.length; start += WIDTH) {
      const group = outputs.slice(start, start + WIDTH);
      const uniforms: Record<string, number> = { ...loop.uniforms, ...viewUniforms('x', dy) };
      const bindings: Record<string, TensorView['operand']> = { x: dy.operand, w: weights.operand };
      for (let i = 0; i < WIDTH; i++) {
        const output = group[i];
        Object.assign(uniforms, viewUniforms(`y${i}`, output ?? dy));
        uniforms[`w${i}Index`] = output ? weights.offset * 4 + placeOf(weights, indices[start + i]) : 0;
        bindings[`y${i}`] = output?.operand ?? scratch(4);
      }
      const constants = { COUNT: group.length };
      calls.push({ kernel: 'elementwise/weightedCopies', constants, uniforms, bindings, grid: loop.grid });
    }
    return calls;
  },
  reference: ([dy, weights], { indices }) =>
    indices.map((index) => dy.data.map((value) => weights.data[index] * value)),
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'one input', inputs: [{ shape: [2, 3, 3, 6] }, { shape: [5] }], attributes: { indices: [3] } },
    {
      name: 'more inputs than one dispatch holds',
      inputs: [{ shape: [3, 5, 7] }, { shape: [3, 5] }],
      attributes: { indices: [14, 0, 7, 7, 6, 9, 10] },
    },
    {
      name: 'more rows than invocations',
      inputs: [{ shape: [4111, 16] }, { shape: [2, 3] }],
      attributes: { indices: [4, 1, 5] },
    },
    { name: 'two', inputs: [{ shape: [3, 5] }, { shape: [2, 3] }], attributes: { indices: [0, 5] } },
    { name: 'four', inputs: [{ shape: [3, 5] }, { shape: [6] }], attributes: { indices: [5, 0, 1, 3] } },
  ],
};

/**
 * Gradient of a weighted sum by its weights: at each index the dot product of dy and the input, zero elsewhere. Inputs: dy,
 * then the inputs.
 */
export const weightedSumWeightGradientOperation: Operation<WeightGradientAttributes> = {
  name: 'weightedSumWeightGradient',
  infer: (types, { indices, shape }) => {
    checkSameShape('weightedSumWeightGradient', types);
    const weights: ValueType = { shape, dtype: 'f32', layout: 'rows' };
    checkWeights('weightedSumWeightGradient', weights, types.length - 1, indices);
    return [weights];
  },
  lower: ({ inputs: [dy, ...values], outputs: [y], attributes, scratch, target }) => {
    const most = Math.min(chunksOf(dy.rows, dy.vectors), Math.max(1, Math.floor(MAX_PARTS / dy.vectors)));
    const chunks = rowChunks(dy.rows, dy.vectors, most, target);
    const parts = chunks.chunks * dy.vectors;
    const partial = scratch(values.length * (parts + 1));
    const calls: KernelCall[] = [];
    for (let start = 0; start < values.length; start += WIDTH) {
      const group = values.slice(start, start + WIDTH);
      const uniforms: Record<string, number> = {
        ...chunks,
        firstTerm: start,
        ...viewUniforms('dy', dy),
      };
      const bindings: Record<string, TensorView['operand']> = { dy: dy.operand, partial };
      for (let i = 0; i < WIDTH; i++) {
        const value = group[i] ?? group[0];
        Object.assign(uniforms, viewUniforms(`x${i}`, value));
        uniforms[`place${i}`] = group[i] ? placeOf(y, attributes.indices[start + i]) : 0;
        bindings[`x${i}`] = value.operand;
      }
      calls.push({
        kernel: 'elementwise/dotProducts',
        constants: { COUNT: group.length },
        uniforms,
        bindings,
        grid: gridOf(parts),
      });
    }
    calls.push({
      kernel: 'elementwise/placeTerms',
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
  reductionLength: ([dy]) => logicalSize(dy),
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
