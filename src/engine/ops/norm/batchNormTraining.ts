import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, logicalSize, valueType } from '../../graph/types.js';
import { add } from '../elementwise/add.js';
import { checkSameShape, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { rowLoop } from '../record/rowLoop.js';
import {
  affineTypes,
  checkEpsilon,
  checkNormTypes,
  gradientTypes,
  type NormAttributes,
  normaliseCall,
  normGradientCalls,
  referenceGated,
  referenceNormalised,
  referenceOutput,
  referenceStatistics,
  referenceSums,
  statisticsCalls,
} from './batchNormCalls.js';

/** Scale and shift per channel, f32 [C] each. */
export interface Affine {
  readonly gamma: Value;
  readonly beta: Value;
}

/**
 * Batch normalisation with the statistics of the batch: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel,
 * over all other dimensions (Ioffe and Szegedy 2015, algorithm 1).
 * @param x f32 [..., C] of rank 2 or more, in layout rows
 * @param options affine: gamma and beta; epsilon: added to the variance, 1e-5 where absent; relu: apply a ReLU to the result
 * @returns y, of the type of x, and the batch's mean and biased variance, f32 [C] each
 * @throws {ShapeError | DTypeError} when shapes, layouts or element types are not as above
 * @throws {AttributeError} when epsilon is negative
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function batchNormTraining(
  x: Value,
  options: { affine?: Affine; epsilon?: number; relu?: boolean } = {},
): { y: Value; mean: Value; variance: Value } {
  const { affine, epsilon = 1e-5, relu = false } = options;
  const inputs = affine ? [x, affine.gamma, affine.beta] : [x];
  const [y, mean, variance] = x.graph.apply(batchNormTrainingOperation, inputs, { epsilon, relu });
  return { y, mean, variance };
}

export const batchNormTrainingOperation: Operation<NormAttributes> = {
  name: 'batchNormTraining',
  relu: { applied: ({ relu }) => relu, without: (attributes) => ({ ...attributes, relu: false }) },
  infer: ([x, ...affine], attributes) => {
    checkNormTypes('batchNormTraining', x, affineTypes('batchNormTraining', affine));
    checkEpsilon('batchNormTraining', attributes);
    return [x, valueType([channelsOf(x)]), valueType([channelsOf(x)])];
  },
  lower: ({ inputs: [x, gamma, beta], outputs: [y, mean, variance], attributes, scratch, target }) => {
    const affine = gamma && { gamma, beta };
    const { calls, factors } = statisticsCalls(x, mean, variance, affine, attributes.epsilon, scratch);
    return [...calls, normaliseCall(x, factors, y, attributes.relu, target)];
  },
  gradient: ({
    inputs: [x, gamma, beta],
    outputs: [, mean, variance],
    outputGradients: [dy, dmean, dvariance],
    attributes,
  }) => {
    const { graph } = x;
    const gradients: (Value | undefined)[] = dy
      ? [
          ...graph.apply(
            batchNormTrainingGradientOperation,
            [dy, x, mean, variance, ...affineOf(gamma, beta, attributes)],
            attributes,
          ),
        ]
      : [];
    if (dmean || dvariance) {
      const zero = graph.constant(new Float32Array(logicalSize(mean.type)), mean.shape);
      const values = [x, mean, dmean ?? zero, dvariance ?? zero];
      const [dx] = graph.apply(batchStatisticsGradientOperation, values, {});
      gradients[0] = gradients[0] ? add(gradients[0], dx) : dx;
    }
    return gradients;
  },
  reference: ([x, gamma, beta], { epsilon, relu }) => {
    const { mean, variance } = referenceStatistics(x);
    return [referenceOutput(referenceNormalised(x, mean, variance, epsilon), gamma, beta, relu), mean, variance];
  },
  cost: trafficOnly,
  reductionLength: ([x]) => logicalSize(x) / channelsOf(x),
  samples: [
    {
      name: 'images',
      inputs: [{ shape: [3, 5, 7, 10] }, { shape: [10] }, { shape: [10] }],
      attributes: { epsilon: 1e-5, relu: false },
    },
    {
      name: 'more rows than invocations',
      inputs: [{ shape: [4111, 16] }, { shape: [16] }, { shape: [16] }],
      attributes: { epsilon: 1e-5, relu: false },
    },
    { name: 'not affine', inputs: [{ shape: [2, 3, 3, 5] }], attributes: { epsilon: 1e-3, relu: false } },
    {
      name: 'images, relu',
      inputs: [{ shape: [2, 5, 3, 6] }, { shape: [6] }, { shape: [6] }],
      attributes: { epsilon: 1e-5, relu: true },
    },
    { name: 'not affine, relu', inputs: [{ shape: [2, 3, 3, 5] }], attributes: { epsilon: 1e-3, relu: true } },
    {
      name: 'vectors',
      inputs: [{ shape: [9, 13] }, { shape: [13] }, { shape: [13] }],
      attributes: { epsilon: 1e-5, relu: false },
    },
  ],
};

/** Gamma and beta as inputs of a gradient operation: beta only with a ReLU, whose sign depends on it. */
export function affineOf(gamma: Value | undefined, beta: Value | undefined, { relu }: NormAttributes): Value[] {
  if (!gamma || !beta) return [];
  return relu ? [gamma, beta] : [gamma];
}

/** Inputs: dy, x, mean, variance, and those of `affineOf`. Outputs: dx, and dgamma and dbeta where there is a gamma. */
export const batchNormTrainingGradientOperation: Operation<NormAttributes> = {
  name: 'batchNormTrainingGradient',
  infer: ([dy, x, mean, variance, gamma, beta]) => {
    checkNormTypes('batchNormTrainingGradient', x, gradientTypes(mean, variance, gamma, beta));
    checkSameShape('batchNormTrainingGradient', [x, dy]);
    return gamma ? [x, gamma, gamma] : [x];
  },
  lower: ({
    inputs: [dy, x, mean, variance, gamma, beta],
    outputs: [dx, dgamma, dbeta],
    attributes,
    scratch,
    target,
  }) => {
    return normGradientCalls(
      { dy, x, mean, variance, gamma, beta, dx, dgamma, dbeta, ...attributes, training: true },
      { scratch, target },
    );
  },
  reference: ([dy, x, mean, variance, gamma, beta], { epsilon, relu }) => {
    const channels = mean.data.length;
    const rows = x.data.length / channels;
    const xhat = referenceNormalised(x, mean.data, variance.data, epsilon);
    const gated = referenceGated(dy, referenceOutput(xhat, gamma, beta, relu), relu);
    const dbeta = referenceSums(gated, channels);
    const dgamma = referenceSums(
      gated.map((value, i) => value * xhat[i]),
      channels,
    );
    const dx = gated.map((value, i) => {
      const c = i % channels;
      const factor = (gamma?.data[c] ?? 1) / Math.sqrt(variance.data[c] + epsilon);
      return factor * (value - dbeta[c] / rows - (xhat[i] * dgamma[c]) / rows);
    });
    return gamma ? [dx, dgamma, dbeta] : [dx];
  },
  cost: trafficOnly,
  reductionLength: ([x]) => logicalSize(x) / channelsOf(x),
  samples: [
    {
      name: 'more rows than invocations',
      inputs: [{ shape: [4111, 16] }, { shape: [4111, 16] }, { shape: [16] }, { shape: [16], fill: 'positive' }],
      attributes: { epsilon: 1e-5, relu: false },
    },
    {
      name: 'images',
      inputs: [
        { shape: [3, 5, 7, 10] },
        { shape: [3, 5, 7, 10] },
        { shape: [10] },
        { shape: [10], fill: 'positive' },
        { shape: [10] },
      ],
      attributes: { epsilon: 1e-5, relu: false },
    },
    {
      name: 'images, relu',
      inputs: [
        { shape: [3, 5, 7, 10] },
        { shape: [3, 5, 7, 10] },
        { shape: [10] },
        { shape: [10], fill: 'positive' },
        { shape: [10] },
        { shape: [10] },
      ],
      attributes: { epsilon: 1e-5, relu: true },
    },
    {
      name: 'not affine, relu',
      inputs: [{ shape: [2, 3, 3, 5] }, { shape: [2, 3, 3, 5] }, { shape: [5] }, { shape: [5], fill: 'positive' }],
      attributes: { epsilon: 1e-3, relu: true },
    },
    {
      name: 'not affine',
      inputs: [{ shape: [2, 3, 3, 5] }, { shape: [2, 3, 3, 5] }, { shape: [5] }, { shape: [5], fill: 'positive' }],
      attributes: { epsilon: 1e-3, relu: false },
    },
  ],
};

/** Gradient of batch mean and variance by x. Inputs: x, mean, dmean, dvariance. */
export const batchStatisticsGradientOperation: Operation<Record<string, never>> = {
  name: 'batchStatisticsGradient',
  infer: ([x, mean, dmean, dvariance]) => {
    checkNormTypes('batchStatisticsGradient', x, { mean, dmean, dvariance });
    return [x];
  },
  lower: ({ inputs: [x, mean, dmean, dvariance], outputs: [dx], target }) => {
    const { uniforms, grid } = rowLoop(dx.rows, dx.vectors, target);
    return [
      {
        kernel: 'norm/statisticsGradient',
        uniforms: {
          ...uniforms,
          ...viewUniforms('x', x),
          meanOffset: mean.offset,
          dmeanOffset: dmean.offset,
          dvarianceOffset: dvariance.offset,
          ...viewUniforms('dx', dx),
        },
        bindings: {
          x: x.operand,
          mean: mean.operand,
          dmean: dmean.operand,
          dvariance: dvariance.operand,
          dx: dx.operand,
        },
        grid,
      },
    ];
  },
  reference: ([x, mean, dmean, dvariance]) => {
    const channels = mean.data.length;
    const rows = x.data.length / channels;
    return [
      x.data.map((value, i) => {
        const c = i % channels;
        return (dmean.data[c] + 2 * dvariance.data[c] * (value - mean.data[c])) / rows;
      }),
    ];
  },
  cost: trafficOnly,
  reductionLength: () => 2,
  samples: [
    {
      name: 'more rows than invocations',
      inputs: [{ shape: [4111, 16] }, { shape: [16] }, { shape: [16] }, { shape: [16] }],
      attributes: {},
    },
    {
      name: 'odd sizes',
      inputs: [{ shape: [3, 5, 10] }, { shape: [10] }, { shape: [10] }, { shape: [10] }],
      attributes: {},
    },
  ],
};
