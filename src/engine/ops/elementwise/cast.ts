import { DTypeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { formatType, valueType } from '../../graph/types.js';
import { elementOf, extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';

/**
 * Converts to another element type, rounding to nearest. f16 takes half the memory and bandwidth of f32; it holds magnitudes
 * up to 65504 with 11 significant bits, and needs a device with the feature shader-f16.
 * @param x f32 or f16 of any shape and layout
 * @returns a value of the same shape and layout; x itself where it has that type
 * @throws {DTypeError} when x is u32, `dtype` is neither f32 nor f16, or (thrown by `Engine.compile`) the device has no
 * shader-f16
 */
export function cast(x: Value, dtype: 'f32' | 'f16'): Value {
  return x.dtype === dtype ? x : x.graph.apply(castOperation, [x], { dtype })[0];
}

export const castOperation: Operation<{ readonly dtype: 'f32' | 'f16' }> = {
  name: 'cast',
  supportsF16: true,
  infer: ([x], { dtype }) => {
    if (x.dtype === 'u32') throw new DTypeError(`cast: x is ${formatType(x)}, wanted f32 or f16`);
    if (dtype !== 'f32' && dtype !== 'f16') throw new DTypeError(`cast: dtype is ${dtype}, wanted f32 or f16`);
    return [valueType(x.shape, dtype, x.layout)];
  },
  lower: ({ inputs: [x], outputs: [y] }) => [
    {
      kernel: 'elementwise/cast',
      constants: { From: elementOf(x.type), To: elementOf(y.type) },
      uniforms: { ...extentUniforms(y), ...viewUniforms('x', x), ...viewUniforms('y', y) },
      bindings: { x: x.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ],
  gradient: ({ inputs: [x], outputGradients: [dy] }) => [dy && cast(dy, elementOf(x.type))],
  reference: ([x]) => [Float64Array.from(x.data)],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'to f16', inputs: [{ shape: [2, 5, 3, 7] }], attributes: { dtype: 'f16' } },
    { name: 'of weights to f16', inputs: [{ shape: [3, 3, 5, 6], layout: 'matrix' }], attributes: { dtype: 'f16' } },
    { name: 'to f32', inputs: [{ shape: [3, 70], dtype: 'f16' }], attributes: { dtype: 'f32' } },
  ],
};
