import { ShapeError } from '../../errors/errors.js';
import type { Operation } from '../../graph/operation.js';
import { formatType, type Layout, type ValueType, valueType } from '../../graph/types.js';
import { resultType } from '../record/kernelCall.js';
import { type Conv2dAttributes, type Conv2dSizes, conv2dCost, conv2dSizes } from './conv2dGeometry.js';
import { checkHalf, conv2dInputGradientCalls } from './conv2dKernels.js';
import { forEachProduct } from './conv2dReference.js';
import { type Conv2dSample, conv2dSamples } from './conv2dSamples.js';
import { conv2dWeightGradientCalls } from './conv2dWeightKernels.js';

export interface InputGradientAttributes extends Conv2dAttributes {
  /** Height and width of the convolution's input, which those of its output do not determine. */
  readonly input: readonly number[];
}

export interface WeightGradientAttributes extends Conv2dAttributes {
  /** Height and width of the kernel. */
  readonly kernel: readonly number[];
  /** Layout of the weights. */
  readonly layout: Layout;
}

/** Gradient by x. Inputs: dy, w. */
export const conv2dInputGradientOperation: Operation<InputGradientAttributes> = {
  name: 'conv2dInputGradient',
  supportsF16: true,
  infer: ([dy, w], attributes) => {
    const sizes = inputGradientSizes(dy, w, attributes);
    checkHalf('conv2dInputGradient', sizes, attributes, w.layout, dy, w);
    return [valueType([sizes.images, ...sizes.input, sizes.channels], attributes.dtype)];
  },
  lower: ({ inputs: [dy, w], outputs: [dx], attributes, target }) =>
    conv2dInputGradientCalls({
      sizes: inputGradientSizes(dy.type, w.type, attributes),
      attributes,
      x: dy,
      w,
      y: dx,
      target,
    }),
  reference: ([dy, w], attributes) => {
    const sizes = inputGradientSizes(valueType(dy.shape), valueType(w.shape), attributes);
    const dx = new Float64Array(sizes.images * sizes.input[0] * sizes.input[1] * sizes.channels);
    forEachProduct(sizes, attributes, (xi, wi, yi) => {
      dx[xi] += dy.data[yi] * w.data[wi];
    });
    return [dx];
  },
  cost: (inputs, outputs, attributes) =>
    conv2dCost(inputGradientSizes(inputs[0], inputs[1], attributes), attributes, inputs, outputs),
  reductionLength: ([, w], { groups }) => (w.shape[0] * w.shape[1] * w.shape[3]) / groups,
  samples: conv2dSamples.map((sample) => ({
    name: sample.name,
    inputs: [
      { shape: outputShape(sample), dtype: sample.types?.y },
      { shape: sample.w, layout: sample.layout, dtype: sample.types?.w },
    ],
    attributes: { ...sample.attributes, ...resultType(sample.types?.x ?? 'f32'), input: sample.x.slice(1, 3) },
  })),
};

/** Gradient by w. Inputs: x, dy. */
export const conv2dWeightGradientOperation: Operation<WeightGradientAttributes> = {
  name: 'conv2dWeightGradient',
  supportsF16: true,
  infer: ([x, dy], attributes) => {
    checkHalf('conv2dWeightGradient', weightGradientSizes(x, dy, attributes), attributes, attributes.layout, x, dy);
    return [weightType(x, dy, attributes)];
  },
  lower: ({ inputs: [x, dy], outputs: [dw], attributes, target, scratch }) =>
    conv2dWeightGradientCalls({
      sizes: weightGradientSizes(x.type, dy.type, attributes),
      attributes,
      x,
      dy,
      dw,
      target,
      scratch,
    }),
  reference: ([x, dy], attributes) => {
    const sizes = weightGradientSizes(valueType(x.shape), valueType(dy.shape), attributes);
    const dw = new Float64Array(
      (sizes.kernel[0] * sizes.kernel[1] * sizes.channels * sizes.outputs) / attributes.groups,
    );
    forEachProduct(sizes, attributes, (xi, wi, yi) => {
      dw[wi] += x.data[xi] * dy.data[yi];
    });
    return [dw];
  },
  cost: (inputs, outputs, attributes) =>
    conv2dCost(weightGradientSizes(inputs[0], inputs[1], attributes), attributes, inputs, outputs),
  reductionLength: ([, dy]) => dy.shape[0] * dy.shape[1] * dy.shape[2],
  samples: conv2dSamples.map((sample) => ({
    name: sample.name,
    inputs: [
      { shape: sample.x, dtype: sample.types?.x },
      { shape: outputShape(sample), dtype: sample.types?.y },
    ],
    attributes: { ...sample.attributes, kernel: sample.w.slice(0, 2), layout: sample.layout },
  })),
};

function inputGradientSizes(dy: ValueType, w: ValueType, attributes: InputGradientAttributes): Conv2dSizes {
  const [height, width] = attributes.input;
  const x = valueType([dy.shape[0], height, width, w.shape[2] * attributes.groups]);
  const sizes = conv2dSizes('conv2dInputGradient', x, w, attributes);
  checkOutput('conv2dInputGradient', dy, sizes);
  return sizes;
}

function weightType(x: ValueType, dy: ValueType, { kernel, groups, layout }: WeightGradientAttributes): ValueType {
  return valueType([...kernel, x.shape[3] / groups, dy.shape[3]], 'f32', layout);
}

function weightGradientSizes(x: ValueType, dy: ValueType, attributes: WeightGradientAttributes): Conv2dSizes {
  const sizes = conv2dSizes('conv2dWeightGradient', x, weightType(x, dy, attributes), attributes);
  checkOutput('conv2dWeightGradient', dy, sizes);
  return sizes;
}

function checkOutput(name: string, dy: ValueType, { images, output, outputs }: Conv2dSizes): void {
  const wanted = [images, ...output, outputs];
  if (String(dy.shape) !== String(wanted))
    throw new ShapeError(`${name}: dy is ${formatType(dy)}, wanted f32[${wanted.join(', ')}]`);
}

function outputShape({ x, w, attributes }: Conv2dSample): number[] {
  const { images, output, outputs } = conv2dSizes('conv2d', valueType(x), valueType(w), attributes);
  return [images, ...output, outputs];
}
