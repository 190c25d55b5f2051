import { AttributeError } from '../errors.js';
import type { Value } from '../graph/graph.js';
import { checkFloat } from './checks.js';
import { extentUniforms, gridOf, trafficOnly, viewUniforms } from './kernelCall.js';
import type { Operation } from './operation.js';

/** factor * x, of any shape. @throws AttributeError unless the factor is finite */
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
  lower: ({ inputs: [x], outputs: [y], attributes }) => [
    {
      kernel: 'elementwise/scale',
      uniforms: {
        ...extentUniforms(y),
        ...viewUniforms('x', x),
        ...viewUniforms('y', y),
        factor: attributes.factor,
      },
      bindings: { x: x.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ],
  gradient: ({ outputGradients: [dy], attributes }) => [dy && scale(dy, attributes.factor)],
  reference: ([x], { factor }) => [x.data.map((value) => factor * value)],
  cost: trafficOnly,
  sumLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7] }], attributes: { factor: -0.3 } },
    { name: 'a scalar', inputs: [{ shape: [] }], attributes: { factor: 2.5 } },
  ],
};
