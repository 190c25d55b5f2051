import { ShapeError } from '../../errors/errors.js';
import type { Operation } from '../../graph/operation.js';
import { formatType, type ValueType, valueType } from '../../graph/types.js';
import { type Conv2dSizes, conv2dCost } from './conv2dGeometry.js';
import { type DepthwiseAttributes, depthwiseSizes } from './depthwiseConv2dGeometry.js';
import { forEachDepthwiseProduct, rectified } from './depthwiseConv2dReference.js';
import { type DepthwiseSample, depthwiseSamples } from './depthwiseConv2dSamples.js';
import { depthwiseInputGradientCalls } from './depthwiseKernels.js';
import { depthwiseWeightGradientCalls } from './depthwiseWeightKernels.js';

interface InputGradientAttributes extends DepthwiseAttributes {
  /** Height and width of the convolution's input, which those of its output do not determine. */
  readonly input: readonly number[];
}

interface WeightGradientAttributes extends DepthwiseAttributes {
  /** Height and width of the kernel. */
  readonly kernel: readonly number[];
}

/** Gradient by x. Inputs: dy, w, and with relu x. */
export const depthwiseConv2dInputGradientOperation: Operation<InputGradientAttributes> = {
  name: 'depthwiseConv2dInputGradient',
  infer: ([dy, w, x], attributes) => {
    const sizes = inputGradientSizes(dy, w, attributes);
    const type = valueType([sizes.images, ...sizes.input, sizes.channels]);
    if (attributes.relu && String(x?.shape) !== String(type.shape))
      throw new ShapeError(
        `depthwiseConv2dInputGradient: x is ${x && formatType(x)}, wanted ${formatType(type)}: relu needs the input`,
      );
    return [type];
  },
  lower: ({ inputs: [dy, w, x], outputs: [dx], attributes, target }) => {
    const sizes = inputGradientSizes(dy.type, w.type, attributes);
    return depthwiseInputGradientCalls({ sizes, attributes, x: dy, w, y: dx, gate: x, target });
  },
  reference: ([dy, w, x], attributes) => {
    const sizes = inputGradientSizes(valueType(dy.shape), valueType(w.shape), attributes);
    const dx = new Float64Array(sizes.images * sizes.input[0] * sizes.input[1] * sizes.channels);
    forEachDepthwiseProduct(sizes, attributes, (xi, wi, yi) => {
      if (!x || x.data[xi] > 0) dx[xi] += dy.data[yi] * w.data[wi];
    });
    return [dx];
  },
  cost: (inputs, outputs, attributes) =>
    conv2dCost(inputGradientSizes(inputs[0], inputs[1], attributes), attributes, inputs, outputs),
  reductionLength: ([, w]) => w.shape[0] * w.shape[1] * w.shape[2],
  samples: depthwiseSamples.map((sample) => ({
    name: sample.name,
    inputs: [
      { shape: depthwiseOutputShape(sample) },
      { shape: sample.w },
      ...(sample.attributes.relu ? [{ shape: sample.x }] : []),
    ],
    attributes: { ...sample.attributes, input: sample.x.slice(1, 3) },
  })),
};

/** Gradient by w. Inputs: x, dy. */
export const depthwiseConv2dWeightGradientOperation: Operation<WeightGradientAttributes> = {
  name: 'depthwiseConv2dWeightGradient',
  infer: ([x, dy], attributes) => {
    weightGradientSizes(x, dy, attributes);
    return [depthwiseWeightType(x, dy, attributes)];
  },
  lower: ({ inputs: [x, dy], outputs: [dw], attributes, target, scratch }) => {
    const sizes = weightGradientSizes(x.type, dy.type, attributes);
    return depthwiseWeightGradientCalls({ sizes, attributes, x, dy, dw, relu: attributes.relu, target, scratch });
  },
  reference: ([x, dy], attributes) => {
    const sizes = weightGradientSizes(valueType(x.shape), valueType(dy.shape), attributes);
    const dw = new Float64Array(sizes.kernel[0] * sizes.kernel[1] * sizes.outputs);
    forEachDepthwiseProduct(sizes, attributes, (xi, wi, yi) => {
      dw[wi] += rectified(x.data[xi], attributes) * dy.data[yi];
    });
    return [dw];
  },
  cost: (inputs, outputs, attributes) =>
    conv2dCost(weightGradientSizes(inputs[0], inputs[1], attributes), attributes, inputs, outputs),
  reductionLength: ([, dy]) => dy.shape[0] * dy.shape[1] * dy.shape[2],
  samples: depthwiseSamples.map((sample) => ({
    name: sample.name,
    inputs: [{ shape: sample.x }, { shape: depthwiseOutputShape(sample) }],
    attributes: { ...sample.attributes, kernel: sample.w.slice(0, 2) },
  })),
};

function inputGradientSizes(dy: ValueType, w: ValueType, attributes: InputGradientAttributes): Conv2dSizes {
  const [height, width] = attributes.input;
  const x = valueType([dy.shape[0], height, width, w.shape[3]]);
  const sizes = depthwiseSizes('depthwiseConv2dInputGradient', x, w, attributes);
  checkOutput('depthwiseConv2dInputGradient', dy, sizes);
  return sizes;
}

/** Type of the weights of a depthwise convolution from its input and output. */
export function depthwiseWeightType(
  x: ValueType,
  dy: ValueType,
  { kernel }: { readonly kernel: readonly number[] },
): ValueType {
  const channels = x.shape[3];
  if (dy.shape[3] % channels !== 0)
    throw new ShapeError(
      `depthwiseConv2dWeightGradient: dy is ${formatType(dy)}, wanted a multiple of the channels of x, ${formatType(x)}`,
    );
  return valueType([...kernel, dy.shape[3] / channels, channels]);
}

function weightGradientSizes(x: ValueType, dy: ValueType, attributes: WeightGradientAttributes): Conv2dSizes {
  const sizes = depthwiseSizes('depthwiseConv2dWeightGradient', x, depthwiseWeightType(x, dy, attributes), attributes);
  checkOutput('depthwiseConv2dWeightGradient', dy, sizes);
  return sizes;
}

function checkOutput(name: string, dy: ValueType, { images, output, outputs }: Conv2dSizes): void {
  const wanted = [images, ...output, outputs];
  if (String(dy.shape) !== String(wanted))
    throw new ShapeError(`${name}: dy is ${formatType(dy)}, wanted f32[${wanted.join(', ')}]`);
}

export function depthwiseOutputShape({ x, w, attributes }: DepthwiseSample): number[] {
  const { images, output, outputs } = depthwiseSizes('depthwiseConv2d', valueType(x), valueType(w), attributes);
  return [images, ...output, outputs];
}
