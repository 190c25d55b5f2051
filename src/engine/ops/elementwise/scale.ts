import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { checkFloat } from '../record/checks.js';
import { trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { rowLoop } from '../record/rowLoop.js';

/**
 * factor * x.
 * @param x f32 of any shape and layout
 * @returns a value of the type of x; x itself where the factor is 1
 * @throws {AttributeError} when the factor is not finite
 * @throws {DTypeError} when x is u32 or f16
 */
export function scale(x: Value, factor: number): Value {
  return factor === 1 ? x : x.graph.apply(scaleOperation, [x], { factor })[0];
}

export const scaleOperation: Operation<{ factor: number }> = {
  name: 'scale',
  infer: ([x], { factor }) => {
    checkFloat('scale', 'x', x);
    if (!Number.isFinite(factor)) throw new AttributeError(`scale: factor is ${factor}, wanted a finite number`);
    return [x];
  },
  sameAs: (_, { factor }) => (factor === 1 ? 0 : undefined),
  lower: ({ inputs: [x], outputs: [y], attributes, target }) => {
    const { uniforms, grid } = rowLoop(y.rows, y.vectors, target);
    return [
      {
        kernel: 'elementwise/scale',
        uniforms: {
          ...uniforms,
          ...viewUniforms('x', x),
          ...viewUniforms('y', y),
          factor: attributes.factor,
        },
        bindings: { x: x.operand, y: y.operand },
        grid,
      },
    ];
  },
  gradient: ({ outputGradients: [dy], attributes }) => [dy && scale(dy, attributes.factor)],
  reference: ([x], { factor }) => [x.data.map((value) => factor * value)],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7] }], attributes: { factor: -0.3 } },
    { name: 'more rows than invocations', inputs: [{ shape: [4111, 16] }], attributes: { factor: 3 } },
    { name: 'a scalar', inputs: [{ shape: [] }], attributes: { factor: 2.5 } },
  ],
};
