import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelCall, Operation } from '../../graph/operation.js';
import { channelsOf, logicalSize, type ValueType, valueType } from '../../graph/types.js';
import { type Conv2dOptions, conv2dAttributes, conv2dCost } from '../conv/conv2dGeometry.js';
import { type DepthwiseAttributes, depthwiseSizes } from '../conv/depthwiseConv2dGeometry.js';
import {
  depthwiseConv2dInputGradientOperation,
  depthwiseOutputShape,
  depthwiseWeightType,
} from '../conv/depthwiseConv2dGradients.js';
import { forEachDepthwiseProduct } from '../conv/depthwiseConv2dReference.js';
import { type DepthwiseSample, depthwiseSamples } from '../conv/depthwiseConv2dSamples.js';
import { depthwiseWindowCall } from '../conv/depthwiseKernels.js';
import { depthwiseWeightGradientCalls } from '../conv/depthwiseWeightKernels.js';
import { add } from '../elementwise/add.js';
import {
  affineTypes,
  checkEpsilon,
  checkNormTypes,
  type EpsilonAttribute,
  fixedFactorsCall,
  referenceNormalised,
  referenceOutput,
  referenceStatistics,
  statisticsCalls,
} from './batchNormCalls.js';
import {
  type Affine,
  batchNormTrainingGradientOperation,
  batchStatisticsGradientOperation,
} from './batchNormTraining.js';

export interface NormDepthwiseAttributes extends DepthwiseAttributes, EpsilonAttribute {}

interface WeightGradientAttributes extends NormDepthwiseAttributes {
  /** Height and width of the kernel. */
  readonly kernel: readonly number[];
}

/**
 * Batch norm with batch statistics, ReLU and depthwise convolution in one: the second half of DARTS' separable convolution.
 * The kernels normalise x while they read it, so that the input of the convolution is not stored.
 * @param x images, f32 [N, H, W, C]
 * @param w weights, f32 [k, k, M, C] with k = 3 or 5, as in `depthwiseConv2d`
 * @param options padding and dilation as in `depthwiseConv2d`, stride 1; affine: gamma and beta, f32 [C] each; epsilon: added
 *   to the variance, 1e-5 where absent
 * @returns y, f32 [N, OH, OW, M * C], and the batch's mean and biased variance, f32 [C] each
 * @throws {ShapeError} when shapes or layouts do not fit, or the image is smaller than the kernel
 * @throws {AttributeError} when kernel or stride is not supported, an option is out of its range, or C is no multiple of 4
 *   although M > 1
 * @throws {DTypeError} when a value is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function batchNormDepthwise(
  x: Value,
  w: Value,
  options: Omit<Conv2dOptions, 'groups'> & { readonly affine?: Affine; readonly epsilon?: number } = {},
): { y: Value; mean: Value; variance: Value } {
  const { affine, epsilon = 1e-5, ...geometry } = options;
  const attributes = { ...conv2dAttributes({ ...geometry, groups: x.shape.at(-1) ?? 1 }), relu: true, epsilon };
  const inputs = [x, w, ...(affine ? [affine.gamma, affine.beta] : [])];
  const [y, mean, variance] = x.graph.apply(batchNormDepthwiseOperation, inputs, attributes);
  return { y, mean, variance };
}

export const batchNormDepthwiseOperation: Operation<NormDepthwiseAttributes> = {
  name: 'batchNormDepthwise',
  infer: ([x, w, ...affine], attributes) => {
    const { images, output, outputs } = checkTypes('batchNormDepthwise', x, w, affine, attributes);
    const statistics = valueType([channelsOf(x)]);
    return [valueType([images, ...output, outputs]), statistics, statistics];
  },
  lower: ({ inputs: [x, w, gamma, beta], outputs: [y, mean, variance], attributes, target, scratch }) => {
    const affine = gamma && { gamma, beta };
    const { calls, factors } = statisticsCalls(x, mean, variance, affine, attributes.epsilon, scratch);
    const sizes = depthwiseSizes('batchNormDepthwise', x.type, w.type, attributes);
    const own = { sizes, attributes, x, w, y, target, relu: true, factors };
    return [...calls, depthwiseWindowCall(own, false) as KernelCall];
  },
  gradient: ({ inputs: [x, w, gamma, beta], outputs, outputGradients: [dy, dmean, dvariance], attributes, needed }) => {
    const { graph } = x;
    const [, mean, variance] = outputs;
    const { epsilon, ...geometry } = attributes;
    const affine = gamma ? [gamma, beta] : [];
    const gradients: (Value | undefined)[] = [];
    if (dy && (needed[0] || needed[2] || needed[3])) {
      // The gradient of the norm recomputes where its output is positive.
      const plain = { ...geometry, relu: false, input: x.shape.slice(1, 3) };
      const [dz] = graph.apply(depthwiseConv2dInputGradientOperation, [dy, w], plain);
      const norm = { epsilon, relu: true };
      const values = graph.apply(batchNormTrainingGradientOperation, [dz, x, mean, variance, ...affine], norm);
      [gradients[0], gradients[2], gradients[3]] = values;
    }
    if (dy && needed[1])
      [gradients[1]] = graph.apply(batchNormDepthwiseWeightGradientOperation, [x, dy, mean, variance, ...affine], {
        ...attributes,
        kernel: w.shape.slice(0, 2),
      });
    if (dmean || dvariance) {
      const zero = graph.constant(new Float32Array(logicalSize(mean.type)), mean.shape);
      const values = [x, mean, dmean ?? zero, dvariance ?? zero];
      const [dx] = graph.apply(batchStatisticsGradientOperation, values, {});
      gradients[0] = gradients[0] ? add(gradients[0], dx) : dx;
    }
    return gradients;
  },
  reference: ([x, w, gamma, beta], attributes) => {
    const { mean, variance } = referenceStatistics(x);
    const z = referenceOutput(referenceNormalised(x, mean, variance, attributes.epsilon), gamma, beta, true);
    const sizes = depthwiseSizes('batchNormDepthwise', valueType(x.shape), valueType(w.shape), attributes);
    const y = new Float64Array(sizes.images * sizes.output[0] * sizes.output[1] * sizes.outputs);
    forEachDepthwiseProduct(sizes, attributes, (xi, wi, yi) => {
      y[yi] += z[xi] * w.data[wi];
    });
    return [y, mean, variance];
  },
  cost: (inputs, outputs, attributes) =>
    conv2dCost(depthwiseSizes('batchNormDepthwise', inputs[0], inputs[1], attributes), attributes, inputs, outputs),
  reductionLength: ([x, w]) => logicalSize(x) / channelsOf(x) + w.shape[0] * w.shape[1],
  samples: samples().map(({ sample, affine }) => ({
    name: sample.name,
    inputs: [{ shape: sample.x }, { shape: sample.w }, ...affineInputs(sample, affine)],
    attributes: { ...sample.attributes, relu: true, epsilon: 1e-5 },
  })),
};

/** Gradient by w. Inputs: x, dy, the batch's mean and variance; gamma and beta where given. */
export const batchNormDepthwiseWeightGradientOperation: Operation<WeightGradientAttributes> = {
  name: 'batchNormDepthwiseWeightGradient',
  infer: ([x, dy, mean, variance, ...affine], attributes) => {
    const name = 'batchNormDepthwiseWeightGradient';
    const w = depthwiseWeightType(x, dy, attributes);
    checkTypes(name, x, w, affine, attributes);
    checkNormTypes(name, x, { mean, variance });
    return [w];
  },
  lower: ({ inputs: [x, dy, mean, variance, gamma, beta], outputs: [dw], attributes, target, scratch }) => {
    const w = depthwiseWeightType(x.type, dy.type, attributes);
    const sizes = depthwiseSizes('batchNormDepthwiseWeightGradient', x.type, w, attributes);
    const { call, factors } = fixedFactorsCall({ mean, variance, gamma, beta }, attributes.epsilon, scratch);
    const own = { sizes, attributes, x, dy, dw, relu: true, factors, target, scratch };
    return [call, ...depthwiseWeightGradientCalls(own)];
  },
  reference: ([x, dy, mean, variance, gamma, beta], attributes) => {
    const z = referenceOutput(referenceNormalised(x, mean.data, variance.data, attributes.epsilon), gamma, beta, true);
    const w = depthwiseWeightType(valueType(x.shape), valueType(dy.shape), attributes);
    const sizes = depthwiseSizes('batchNormDepthwiseWeightGradient', valueType(x.shape), w, attributes);
    const dw = new Float64Array(logicalSize(w));
    forEachDepthwiseProduct(sizes, attributes, (xi, wi, yi) => {
      dw[wi] += z[xi] * dy.data[yi];
    });
    return [dw];
  },
  cost: ([x, dy, ...rest], outputs, attributes) => {
    const w = depthwiseWeightType(x, dy, attributes);
    const sizes = depthwiseSizes('batchNormDepthwiseWeightGradient', x, w, attributes);
    return conv2dCost(sizes, attributes, [x, dy, ...rest], outputs);
  },
  reductionLength: ([, dy]) => dy.shape[0] * dy.shape[1] * dy.shape[2],
  samples: samples().map(({ sample, affine }) => ({
    name: sample.name,
    inputs: [
      { shape: sample.x },
      { shape: depthwiseOutputShape(sample) },
      { shape: [sample.x[3]] },
      { shape: [sample.x[3]], fill: 'positive' },
      ...affineInputs(sample, affine),
    ],
    attributes: { ...sample.attributes, relu: true, epsilon: 1e-5, kernel: sample.w.slice(0, 2) },
  })),
};

function checkTypes(
  name: string,
  x: ValueType,
  w: ValueType,
  affine: readonly ValueType[],
  attributes: NormDepthwiseAttributes,
) {
  checkNormTypes(name, x, affineTypes(name, affine));
  checkEpsilon(name, attributes);
  const sizes = depthwiseSizes(name, x, w, attributes);
  const [kernelHeight, kernelWidth] = sizes.kernel;
  const isSquare = kernelHeight === kernelWidth && (kernelHeight === 3 || kernelHeight === 5);
  if (!isSquare || attributes.stride.some((stride) => stride !== 1))
    throw new AttributeError(
      `${name}: kernel is ${kernelHeight} x ${kernelWidth} of stride [${attributes.stride}], wanted 3 x 3 or 5 x 5 of stride 1; use batchNorm and depthwiseConv2d`,
    );
  return sizes;
}

/** Depthwise samples of the supported sizes, half of them affine. */
function samples(): { sample: DepthwiseSample; affine: boolean }[] {
  return depthwiseSamples
    .filter(({ w, attributes }) => w[0] === w[1] && attributes.stride.every((stride) => stride === 1))
    .map((sample, index) => ({ sample, affine: index % 2 === 0 }));
}

function affineInputs({ x }: DepthwiseSample, affine: boolean): { shape: readonly number[] }[] {
  return affine ? [{ shape: [x[3]] }, { shape: [x[3]] }] : [];
}
