import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { physicalSize, type ValueType } from '../../graph/types.js';
import { gridOf, trafficOnly } from '../record/kernelCall.js';
import { checkFlat, checkScalar } from '../record/shapeChecks.js';

/** Constants of stochastic gradient descent. */
export interface SgdAttributes {
  /** Share of the velocity that each step keeps. */
  readonly momentum: number;
  /** Multiple of the parameters that is added to the gradient. */
  readonly weightDecay: number;
  /** Nesterov momentum. */
  readonly nesterov: boolean;
}

/**
 * One step of stochastic gradient descent with momentum, in place: velocity = momentum * velocity + g and
 * parameters -= learningRate * velocity (Nesterov: g + momentum * velocity), where g = scale * gradient +
 * weightDecay * parameters (Sutskever et al. 2013, in PyTorch's form, where the learning rate multiplies the velocity;
 * dampening is 0).
 * @param parameters a variable set read whole (`graph.readSet`), f32 [size]
 * @param velocity a mirror of the set read whole, f32 [size]
 * @param gradient f32 [size], from `assembleGradients`
 * @param learningRate f32 scalar
 * @param scale f32 scalar that multiplies the gradient: the clip coefficient
 * @returns the updated parameters
 * @throws {ShapeError | DTypeError} when shapes or element types are not as above
 * @throws {OwnershipError} when parameters or velocity are no variable sets, or the values belong to different graphs
 */
export function sgdUpdate(
  parameters: Value,
  velocity: Value,
  gradient: Value,
  learningRate: Value,
  scale: Value,
  attributes: SgdAttributes,
): Value {
  return parameters.graph.apply(sgdOperation, [parameters, velocity, gradient, learningRate, scale], attributes)[0];
}

const inputs = [{ shape: [76] }, { shape: [76] }, { shape: [76] }, { shape: [] }, { shape: [] }];

export const sgdOperation: Operation<SgdAttributes> = {
  name: 'sgd',
  inPlace: [0, 1],
  infer: ([parameters, velocity, gradient, learningRate, scale]: readonly ValueType[]) => {
    checkFlat('sgd', { parameters, velocity, gradient });
    checkScalar('sgd', 'learningRate', learningRate);
    checkScalar('sgd', 'scale', scale);
    return [parameters, velocity];
  },
  lower: ({ inputs: [parameters, velocity, gradient, learningRate, scale], attributes }) => {
    const vectors = physicalSize(parameters.type) / 4;
    return [
      {
        kernel: 'optim/sgd',
        constants: { NESTEROV: attributes.nesterov },
        uniforms: { vectors, momentum: attributes.momentum, weightDecay: attributes.weightDecay },
        bindings: {
          gradient: gradient.operand,
          learningRate: learningRate.operand,
          scale: scale.operand,
          parameters: parameters.operand,
          velocity: velocity.operand,
        },
        grid: gridOf(vectors),
      },
    ];
  },
  reference: ([parameters, velocity, gradient, learningRate, scale], { momentum, weightDecay, nesterov }) => {
    const newParameters = parameters.data.slice();
    const newVelocity = velocity.data.slice();
    parameters.data.forEach((parameter, i) => {
      const g = scale.data[0] * gradient.data[i] + weightDecay * parameter;
      newVelocity[i] = momentum * velocity.data[i] + g;
      newParameters[i] -= learningRate.data[0] * (nesterov ? g + momentum * newVelocity[i] : newVelocity[i]);
    });
    return [newParameters, newVelocity];
  },
  cost: trafficOnly,
  reductionLength: () => 3,
  samples: [
    { name: 'momentum', inputs, attributes: { momentum: 0.9, weightDecay: 3e-4, nesterov: false } },
    { name: 'Nesterov', inputs, attributes: { momentum: 0.9, weightDecay: 5e-4, nesterov: true } },
    { name: 'plain', inputs, attributes: { momentum: 0, weightDecay: 0, nesterov: false } },
  ],
};
