import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { rowLoop } from '../record/rowLoop.js';
import { onlyNonNeutral } from './neutralInputs.js';

/**
 * Elementwise product of two values.
 * @param a f32 of any shape and layout
 * @param b of the type of a
 * @returns a value of that type
 * @throws {ShapeError} when the types differ
 * @throws {DTypeError} when a is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function multiply(a: Value, b: Value): Value {
  return a.graph.apply(multiplyOperation, [a, b], {})[0];
}

export const multiplyOperation: Operation<Record<string, never>> = {
  name: 'multiply',
  infer: (types) => {
    checkSameShape('multiply', types);
    checkFloat('multiply', 'a', types[0]);
    return [types[0]];
  },
  sameAs: (constants) => onlyNonNeutral(constants, 1),
  lower: ({ inputs: [a, b], outputs: [y], target }) => {
    const { uniforms, grid } = rowLoop(y.rows, y.vectors, target);
    return [
      {
        kernel: 'elementwise/multiply',
        uniforms: {
          ...uniforms,
          ...viewUniforms('a', a),
          ...viewUniforms('b', b),
          ...viewUniforms('y', y),
        },
        bindings: { a: a.operand, b: b.operand, y: y.operand },
        grid,
      },
    ];
  },
  gradient: ({ inputs: [a, b], outputGradients: [dy], needed }) => [
    dy && needed[0] ? multiply(dy, b) : undefined,
    dy && needed[1] ? multiply(dy, a) : undefined,
  ],
  reference: ([a, b]) => [a.data.map((value, i) => value * b.data[i])],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'more rows than invocations', inputs: [{ shape: [4111, 16] }, { shape: [4111, 16] }], attributes: {} },
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7] }, { shape: [2, 5, 3, 7] }], attributes: {} },
  ],
};
