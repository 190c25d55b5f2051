import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelCall, Operation, TensorView } from '../../graph/operation.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, elementOf, extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { onlyNonNeutral } from './neutralInputs.js';

/** Inputs of one dispatch: WebGPU guarantees 8 storage buffers, of which the weights, the output and one spare take 3. */
const SUM_WIDTH = 5;

/**
 * Elementwise sum of one or more values.
 * @param values f32 or f16, all of one shape, element type and layout
 * @returns a value of that type; the argument itself where there is only one
 * @throws {ShapeError} when there is no value, or types differ
 * @throws {DTypeError} when values are u32
 * @throws {OwnershipError} when values belong to different graphs
 */
export function add(...values: Value[]): Value {
  if (values.length === 0) throw new ShapeError('add: got no values, wanted at least one');
  if (values.length === 1) return values[0];
  return values[0].graph.apply(addOperation, values, {})[0];
}

/**
 * Kernel calls of a sum, five inputs each; the second and later calls accumulate into the output.
 * @param weights the weights, and for each input the index of its weight in memory; absent: an unweighted sum
 */
export function sumCalls(
  values: readonly TensorView[],
  output: TensorView,
  weights?: { row: TensorView; indices: readonly number[] },
): KernelCall[] {
  const calls: KernelCall[] = [];
  for (let start = 0; start < values.length; start += SUM_WIDTH) {
    const chunk = values.slice(start, start + SUM_WIDTH);
    const uniforms: Record<string, number> = {
      ...extentUniforms(output),
      ...viewUniforms('y', output),
      accumulate: start > 0 ? 1 : 0,
      count: chunk.length,
    };
    const bindings: Record<string, TensorView['operand']> = {
      w: (weights?.row ?? chunk[0]).operand,
      y: output.operand,
    };
    for (let i = 0; i < SUM_WIDTH; i++) {
      const value = chunk[i] ?? chunk[0];
      Object.assign(uniforms, viewUniforms(`x${i}`, value));
      uniforms[`w${i}Index`] = weights && chunk[i] ? weights.row.offset * 4 + weights.indices[start + i] : 0;
      bindings[`x${i}`] = value.operand;
    }
    calls.push({
      kernel: 'elementwise/weightedSum',
      constants: {
        // Four inputs use the pipeline for five, which saves compiling one.
        COUNT: chunk.length === 4 ? SUM_WIDTH : chunk.length,
        WEIGHTED: weights !== undefined,
        Element: elementOf(output.type),
      },
      uniforms,
      bindings,
      grid: gridOf(output.rows * output.vectors),
    });
  }
  return calls;
}

export const addOperation: Operation<Record<string, never>> = {
  name: 'add',
  supportsF16: true,
  infer: (types) => {
    checkFloat('add', 'input 0', types[0]);
    checkSameShape('add', types);
    return [types[0]];
  },
  sameAs: (constants) => onlyNonNeutral(constants, 0),
  lower: ({ inputs, outputs: [y] }) => sumCalls(inputs, y),
  gradient: ({ inputs, outputGradients: [dy] }) => inputs.map(() => dy),
  reference: (inputs) => [inputs[0].data.map((_, i) => inputs.reduce((sum, input) => sum + input.data[i], 0))],
  cost: trafficOnly,
  reductionLength: (inputs) => inputs.length,
  samples: [
    { name: 'two values', inputs: [{ shape: [2, 3, 3, 6] }, { shape: [2, 3, 3, 6] }], attributes: {} },
    { name: 'three values', inputs: Array.from({ length: 3 }, () => ({ shape: [2, 9] })), attributes: {} },
    { name: 'f16', inputs: Array.from({ length: 3 }, () => ({ shape: [2, 9], dtype: 'f16' })), attributes: {} },
    { name: 'four values', inputs: Array.from({ length: 4 }, () => ({ shape: [2, 9] })), attributes: {} },
    {
      name: 'more than one dispatch holds',
      inputs: Array.from({ length: 7 }, () => ({ shape: [3, 5] })),
      attributes: {},
    },
    {
      name: 'matrices',
      inputs: [
        { shape: [3, 3, 5, 6], layout: 'matrix' },
        { shape: [3, 3, 5, 6], layout: 'matrix' },
      ],
      attributes: {},
    },
  ],
};
