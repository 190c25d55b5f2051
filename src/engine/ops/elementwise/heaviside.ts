import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { checkFloat } from '../record/checks.js';
import { trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { rowLoop } from '../record/rowLoop.js';

/**
 * Heaviside step function: 1 where x > 0, else 0; for x the output of a ReLU, which units are active. It has no gradient:
 * its derivative is zero wherever it exists.
 * @param x f32 of any shape and layout
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32 or f16
 */
export function heaviside(x: Value): Value {
  return x.graph.apply(heavisideOperation, [x], {})[0];
}

export const heavisideOperation: Operation<Record<string, never>> = {
  name: 'heaviside',
  infer: ([x]) => {
    checkFloat('heaviside', 'x', x);
    return [x];
  },
  lower: ({ inputs: [x], outputs: [y], target }) => {
    const { uniforms, grid } = rowLoop(y.rows, y.vectors, target);
    return [
      {
        kernel: 'elementwise/heaviside',
        uniforms: { ...uniforms, ...viewUniforms('x', x), ...viewUniforms('y', y) },
        bindings: { x: x.operand, y: y.operand },
        grid,
      },
    ];
  },
  reference: ([x]) => [x.data.map((value) => (value > 0 ? 1 : 0))],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7] }], attributes: {} },
    { name: 'zeros', inputs: [{ shape: [9, 6], fill: 'ties' }], attributes: {} },
    { name: 'more rows than invocations', inputs: [{ shape: [4111, 16] }], attributes: {} },
  ],
};
