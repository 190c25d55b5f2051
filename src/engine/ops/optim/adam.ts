import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { physicalSize, type ValueType } from '../../graph/types.js';
import { gridOf, trafficOnly } from '../record/kernelCall.js';
import { checkFlat, checkScalar, checkShape } from '../record/shapeChecks.js';

/** Constants of Adam. */
export interface AdamAttributes {
  /** Decay rate of the first moment. */
  readonly beta1: number;
  /** Decay rate of the second moment. */
  readonly beta2: number;
  /** Added to the root of the second moment. */
  readonly epsilon: number;
  /** Multiple of the parameters that is added to the gradient. */
  readonly weightDecay: number;
}

/**
 * One step of Adam, in place (Kingma and Ba 2015, algorithm 1), with weight decay added to the gradient (L2 regularisation,
 * as in PyTorch's Adam, not AdamW).
 * @param parameters a variable set read whole (`graph.readSet`), f32 [size]
 * @param firstMoment a mirror of the set read whole, f32 [size]
 * @param secondMoment a mirror of the set read whole, f32 [size]
 * @param gradient f32 [size], from `assembleGradients`
 * @param rates f32 [3]: learning rate, 1 - beta1^t and 1 - beta2^t (bias correction) at step t, counted from 1
 * @param scale f32 scalar that multiplies the gradient: the clip coefficient
 * @returns the updated parameters
 * @throws {ShapeError | DTypeError} when shapes or element types are not as above
 * @throws {OwnershipError} when parameters or moments are no variable sets, or the values belong to different graphs
 */
export function adamUpdate(
  parameters: Value,
  firstMoment: Value,
  secondMoment: Value,
  gradient: Value,
  rates: Value,
  scale: Value,
  attributes: AdamAttributes,
): Value {
  const inputs = [parameters, firstMoment, secondMoment, gradient, rates, scale];
  return parameters.graph.apply(adamOperation, inputs, attributes)[0];
}

const inputs = [
  { shape: [76] },
  { shape: [76] },
  { shape: [76], fill: 'positive' as const },
  { shape: [76] },
  { shape: [3], fill: 'positive' as const },
  { shape: [] },
];

export const adamOperation: Operation<AdamAttributes> = {
  name: 'adam',
  inPlace: [0, 1, 2],
  infer: ([parameters, firstMoment, secondMoment, gradient, rates, scale]: readonly ValueType[]) => {
    checkFlat('adam', { parameters, firstMoment, secondMoment, gradient });
    checkShape('adam', 'rates', rates, [3]);
    checkScalar('adam', 'scale', scale);
    return [parameters, firstMoment, secondMoment];
  },
  lower: ({ inputs: [parameters, firstMoment, secondMoment, gradient, rates, scale], attributes }) => {
    const { beta1, beta2, epsilon, weightDecay } = attributes;
    const vectors = physicalSize(parameters.type) / 4;
    return [
      {
        kernel: 'optim/adam',
        uniforms: { vectors, beta1, complement1: 1 - beta1, beta2, complement2: 1 - beta2, epsilon, weightDecay },
        bindings: {
          gradient: gradient.operand,
          rates: rates.operand,
          scale: scale.operand,
          parameters: parameters.operand,
          firstMoment: firstMoment.operand,
          secondMoment: secondMoment.operand,
        },
        grid: gridOf(vectors),
      },
    ];
  },
  reference: ([parameters, firstMoment, secondMoment, gradient, rates, scale], attributes) => {
    const { beta1, beta2, epsilon, weightDecay } = attributes;
    const [learningRate, correction1, correction2] = rates.data;
    const p = parameters.data.slice();
    const m = firstMoment.data.slice();
    const v = secondMoment.data.slice();
    for (let i = 0; i < p.length; i++) {
      const g = scale.data[0] * gradient.data[i] + weightDecay * p[i];
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      p[i] -= (learningRate * (m[i] / correction1)) / (Math.sqrt(v[i] / correction2) + epsilon);
    }
    return [p, m, v];
  },
  cost: trafficOnly,
  reductionLength: () => 4,
  samples: [
    {
      name: 'the settings of architecture weights',
      inputs,
      attributes: { beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-3 },
    },
    { name: 'the usual settings', inputs, attributes: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } },
  ],
};
