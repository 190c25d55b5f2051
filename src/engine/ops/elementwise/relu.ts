import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, elementOf, extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';

/**
 * Rectified linear unit, max(x, 0).
 * @param x f32 or f16 of any shape and layout
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32
 */
export function relu(x: Value): Value {
  return x.graph.apply(reluOperation, [x], {})[0];
}

export const reluOperation: Operation<Record<string, never>> = {
  name: 'relu',
  relu: { applied: () => true },
  supportsF16: true,
  infer: ([x]) => {
    checkFloat('relu', 'x', x);
    return [x];
  },
  lower: ({ inputs: [x], outputs: [y] }) => [
    {
      kernel: 'elementwise/relu',
      constants: { Element: elementOf(x.type) },
      uniforms: {
        ...extentUniforms(y),
        ...viewUniforms('x', x),
        ...viewUniforms('gate', x),
        ...viewUniforms('y', y),
      },
      bindings: { x: x.operand, gate: x.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ],
  gradient: ({ outputs: [y], outputGradients: [dy] }) => [dy && y.graph.apply(reluGradientOperation, [dy, y], {})[0]],
  reference: ([x]) => [x.data.map((value) => Math.max(value, 0))],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7] }], attributes: {} },
    { name: 'a vector', inputs: [{ shape: [13] }], attributes: {} },
    { name: 'f16', inputs: [{ shape: [3, 5, 6], dtype: 'f16' }], attributes: {} },
  ],
};

/** Gradient of the ReLU: dy where y > 0, else 0. Inputs: dy, the output y. */
export const reluGradientOperation: Operation<Record<string, never>> = {
  name: 'reluGradient',
  supportsF16: true,
  infer: (types) => {
    checkSameShape('reluGradient', types);
    return [types[0]];
  },
  lower: ({ inputs: [dy, gate], outputs: [dx] }) => [
    {
      kernel: 'elementwise/relu',
      constants: { GRADIENT: true, Element: elementOf(dy.type) },
      uniforms: {
        ...extentUniforms(dx),
        ...viewUniforms('x', dy),
        ...viewUniforms('gate', gate),
        ...viewUniforms('y', dx),
      },
      bindings: { x: dy.operand, gate: gate.operand, y: dx.operand },
      grid: gridOf(dx.rows * dx.vectors),
    },
  ],
  reference: ([dy, gate]) => [dy.data.map((value, i) => (gate.data[i] > 0 ? value : 0))],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [2, 3, 5, 6] }, { shape: [2, 3, 5, 6] }], attributes: {} },
    {
      name: 'f16',
      inputs: [
        { shape: [3, 5, 6], dtype: 'f16' },
        { shape: [3, 5, 6], dtype: 'f16' },
      ],
      attributes: {},
    },
  ],
};
