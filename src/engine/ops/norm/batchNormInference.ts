import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, logicalSize } from '../../graph/types.js';
import { checkSameShape, gridOf, trafficOnly } from '../record/kernelCall.js';
import {
  affineTypes,
  checkEpsilon,
  checkNormTypes,
  type EpsilonAttribute,
  fixedFactorsCall,
  gradientTypes,
  type NormAttributes,
  normaliseCall,
  normGradientCalls,
  referenceGated,
  referenceNormalised,
  referenceOutput,
  referenceSums,
} from './batchNormCalls.js';
import { type Affine, affineOf } from './batchNormTraining.js';

/**
 * Batch normalisation with given statistics: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel (Ioffe and
 * Szegedy 2015, algorithm 2, step 11).
 * @param x f32 [..., C] of rank 2 or more, in layout rows
 * @param mean f32 [C]
 * @param variance f32 [C]
 * @param options affine: gamma and beta; epsilon: added to the variance, 1e-5 where absent; relu: apply a ReLU to the result
 * @returns a value of the type of x
 * @throws {ShapeError | DTypeError} when shapes, layouts or element types are not as above
 * @throws {AttributeError} when epsilon is negative
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function batchNormInference(
  x: Value,
  mean: Value,
  variance: Value,
  options: { affine?: Affine; epsilon?: number; relu?: boolean } = {},
): Value {
  const { affine, epsilon = 1e-5, relu = false } = options;
  const inputs = affine ? [x, mean, variance, affine.gamma, affine.beta] : [x, mean, variance];
  return x.graph.apply(batchNormInferenceOperation, inputs, { epsilon, relu })[0];
}

export const batchNormInferenceOperation: Operation<NormAttributes> = {
  name: 'batchNormInference',
  relu: { applied: ({ relu }) => relu, without: (attributes) => ({ ...attributes, relu: false }) },
  infer: ([x, mean, variance, ...affine], attributes) => {
    checkNormTypes('batchNormInference', x, { mean, variance, ...affineTypes('batchNormInference', affine) });
    checkEpsilon('batchNormInference', attributes);
    return [x];
  },
  lower: ({ inputs: [x, mean, variance, gamma, beta], outputs: [y], attributes, scratch, target }) => {
    const { epsilon, relu } = attributes;
    const { call, factors } = fixedFactorsCall({ mean, variance, gamma, beta }, epsilon, scratch);
    return [call, normaliseCall(x, factors, y, relu, target)];
  },
  gradient: ({ inputs: [x, mean, variance, gamma, beta], outputGradients: [dy], attributes, needed }) => {
    if (!dy) return [];
    const inputs = [dy, x, mean, variance, ...affineOf(gamma, beta, attributes)];
    const [dx, dgamma, dbeta] = x.graph.apply(batchNormInferenceGradientOperation, inputs, attributes);
    if (!needed[1] && !needed[2]) return [dx, undefined, undefined, dgamma, dbeta];
    const perChannel = [dgamma, dbeta, variance, ...(gamma ? [gamma] : [])];
    const [dmean, dvariance] = x.graph.apply(fixedStatisticsGradientOperation, perChannel, {
      epsilon: attributes.epsilon,
    });
    return [dx, dmean, dvariance, dgamma, dbeta];
  },
  reference: ([x, mean, variance, gamma, beta], { epsilon, relu }) => [
    referenceOutput(referenceNormalised(x, mean.data, variance.data, epsilon), gamma, beta, relu),
  ],
  cost: trafficOnly,
  reductionLength: () => 4,
  samples: [
    {
      name: 'images',
      inputs: [
        { shape: [3, 5, 7, 10] },
        { shape: [10] },
        { shape: [10], fill: 'positive' },
        { shape: [10] },
        { shape: [10] },
      ],
      attributes: { epsilon: 1e-5, relu: false },
    },
    {
      name: 'images, relu',
      inputs: [
        { shape: [2, 5, 3, 6] },
        { shape: [6] },
        { shape: [6], fill: 'positive' },
        { shape: [6] },
        { shape: [6] },
      ],
      attributes: { epsilon: 1e-5, relu: true },
    },
    {
      name: 'not affine',
      inputs: [{ shape: [2, 3, 5] }, { shape: [5] }, { shape: [5], fill: 'positive' }],
      attributes: { epsilon: 1e-3, relu: false },
    },
  ],
};

/** Inputs: dy, x, mean, variance, and those of `affineOf`. Outputs: dx, dgamma = sum(dy * xhat), dbeta = sum(dy). */
export const batchNormInferenceGradientOperation: Operation<NormAttributes> = {
  name: 'batchNormInferenceGradient',
  infer: ([dy, x, mean, variance, gamma, beta]) => {
    checkNormTypes('batchNormInferenceGradient', x, gradientTypes(mean, variance, gamma, beta));
    checkSameShape('batchNormInferenceGradient', [x, dy]);
    return [x, mean, mean];
  },
  lower: ({
    inputs: [dy, x, mean, variance, gamma, beta],
    outputs: [dx, dgamma, dbeta],
    attributes,
    scratch,
    target,
  }) => {
    return normGradientCalls(
      { dy, x, mean, variance, gamma, beta, dx, dgamma, dbeta, ...attributes, training: false },
      { scratch, target },
    );
  },
  reference: ([dy, x, mean, variance, gamma, beta], { epsilon, relu }) => {
    const channels = mean.data.length;
    const xhat = referenceNormalised(x, mean.data, variance.data, epsilon);
    const gated = referenceGated(dy, referenceOutput(xhat, gamma, beta, relu), relu);
    const dx = gated.map((value, i) => {
      const c = i % channels;
      return (value * (gamma?.data[c] ?? 1)) / Math.sqrt(variance.data[c] + epsilon);
    });
    const products = gated.map((value, i) => value * xhat[i]);
    return [dx, referenceSums(products, channels), referenceSums(gated, channels)];
  },
  cost: trafficOnly,
  reductionLength: ([x]) => logicalSize(x) / channelsOf(x),
  samples: [
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
        { shape: [2, 5, 3, 6] },
        { shape: [2, 5, 3, 6] },
        { shape: [6] },
        { shape: [6], fill: 'positive' },
        { shape: [6] },
        { shape: [6] },
      ],
      attributes: { epsilon: 1e-5, relu: true },
    },
    {
      name: 'not affine, relu',
      inputs: [{ shape: [2, 3, 5] }, { shape: [2, 3, 5] }, { shape: [5] }, { shape: [5], fill: 'positive' }],
      attributes: { epsilon: 1e-3, relu: true },
    },
    {
      name: 'not affine',
      inputs: [{ shape: [2, 3, 5] }, { shape: [2, 3, 5] }, { shape: [5] }, { shape: [5], fill: 'positive' }],
      attributes: { epsilon: 1e-3, relu: false },
    },
  ],
};

/** Gradients by the statistics. Inputs: dgamma, dbeta, variance; gamma where given. */
export const fixedStatisticsGradientOperation: Operation<EpsilonAttribute> = {
  name: 'fixedStatisticsGradient',
  infer: (types, attributes) => {
    checkSameShape('fixedStatisticsGradient', types);
    checkEpsilon('fixedStatisticsGradient', attributes);
    return [types[0], types[0]];
  },
  lower: ({ inputs: [dgamma, dbeta, variance, gamma], outputs: [dmean, dvariance], attributes: { epsilon } }) => [
    {
      kernel: 'norm/fixedStatisticsGradient',
      constants: { AFFINE: gamma !== undefined },
      uniforms: {
        vectors: dmean.vectors,
        varianceOffset: variance.offset,
        gammaOffset: gamma?.offset ?? 0,
        dgammaOffset: dgamma.offset,
        dbetaOffset: dbeta.offset,
        dmeanOffset: dmean.offset,
        dvarianceOffset: dvariance.offset,
        epsilon,
      },
      bindings: {
        variance: variance.operand,
        gamma: (gamma ?? variance).operand,
        dgamma: dgamma.operand,
        dbeta: dbeta.operand,
        dmean: dmean.operand,
        dvariance: dvariance.operand,
      },
      grid: gridOf(dmean.vectors),
    },
  ],
  reference: ([dgamma, dbeta, variance, gamma], { epsilon }) => {
    const scale = variance.data.map((value, c) => (gamma?.data[c] ?? 1) / Math.sqrt(value + epsilon));
    return [
      dbeta.data.map((value, c) => -scale[c] * value),
      dgamma.data.map((value, c) => (-0.5 * scale[c] * value) / Math.sqrt(variance.data[c] + epsilon)),
    ];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    {
      name: 'affine',
      inputs: [{ shape: [10] }, { shape: [10] }, { shape: [10], fill: 'positive' }, { shape: [10] }],
      attributes: { epsilon: 1e-5 },
    },
    {
      name: 'not affine',
      inputs: [{ shape: [5] }, { shape: [5] }, { shape: [5], fill: 'positive' }],
      attributes: { epsilon: 1e-3 },
    },
  ],
};
