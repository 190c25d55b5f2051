import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { formatType, type ValueType, valueType } from '../../graph/types.js';
import { cast } from '../elementwise/cast.js';
import { elementOf, resultType } from '../record/kernelCall.js';
import { sumRows } from '../reduce/reduce.js';
import {
  type Conv2dAttributes,
  type Conv2dOptions,
  conv2dAttributes,
  conv2dCost,
  conv2dSizes,
} from './conv2dGeometry.js';
import { conv2dInputGradientOperation, conv2dWeightGradientOperation } from './conv2dGradients.js';
import { checkHalf, conv2dCalls } from './conv2dKernels.js';
import { forEachProduct } from './conv2dReference.js';
import { conv2dSamples } from './conv2dSamples.js';

/**
 * Two-dimensional convolution (as a cross-correlation) with zero padding. Sums are computed in f32.
 * @param x images, f32 or f16 [N, H, W, C] in layout rows
 * @param w weights, f32 or f16 [kernelHeight, kernelWidth, C / groups, K] in either layout; ungrouped convolutions are faster
 *   in layout matrix, grouped ones in rows
 * @param options stride, padding, dilation and groups, see `Conv2dOptions`; bias, f32 [K]; dtype of the result, that of x
 *   where absent. f16 needs groups of multiples of four input and output channels, or one group
 * @returns [N, OH, OW, K] with OH = floor((H + top + bottom - dilation * (kernelHeight - 1) - 1) / stride) + 1; OW alike
 * @throws {ShapeError} when shapes or the layout of x do not fit, the image is smaller than the kernel, or the bias is not
 *   f32 [K]
 * @throws {AttributeError} when an option is out of its range, or `groups` does not divide C and K
 * @throws {DTypeError} when x or w is u32, or f16 is combined with groups that do not support it
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function conv2d(
  x: Value,
  w: Value,
  options: Conv2dOptions & { readonly bias?: Value; readonly dtype?: 'f32' | 'f16' } = {},
): Value {
  const inputs = options.bias ? [x, w, options.bias] : [x, w];
  const attributes = { ...conv2dAttributes(options), ...resultType(options.dtype ?? x.dtype) };
  return x.graph.apply(conv2dOperation, inputs, attributes)[0];
}

export const conv2dOperation: Operation<Conv2dAttributes> = {
  name: 'conv2d',
  supportsF16: true,
  infer: ([x, w, bias], attributes) => {
    const sizes = conv2dSizes('conv2d', x, w, attributes);
    checkBias('conv2d', bias, sizes.outputs);
    checkHalf('conv2d', sizes, attributes, w.layout, x, w);
    return [valueType([sizes.images, ...sizes.output, sizes.outputs], attributes.dtype)];
  },
  lower: ({ inputs: [x, w, bias], outputs: [y], attributes, target }) =>
    conv2dCalls({ sizes: conv2dSizes('conv2d', x.type, w.type, attributes), attributes, x, w, y, bias, target }),
  gradient: ({ inputs: [x, w, bias], outputGradients: [dy], attributes: { dtype: _, ...attributes }, needed }) => {
    if (!dy) return [];
    const { graph } = x;
    const [kernelHeight, kernelWidth] = w.shape;
    return [
      needed[0]
        ? graph.apply(conv2dInputGradientOperation, [dy, w], {
            ...attributes,
            ...resultType(x.dtype),
            input: x.shape.slice(1, 3),
          })[0]
        : undefined,
      needed[1]
        ? cast(
            graph.apply(conv2dWeightGradientOperation, [x, dy], {
              ...attributes,
              kernel: [kernelHeight, kernelWidth],
              layout: w.type.layout,
            })[0],
            elementOf(w.type),
          )
        : undefined,
      bias && needed[2] ? sumRows(cast(dy, 'f32')) : undefined,
    ];
  },
  reference: ([x, w, bias], attributes) => {
    const sizes = conv2dSizes('conv2d', valueType(x.shape), valueType(w.shape), attributes);
    const size = sizes.images * sizes.output[0] * sizes.output[1] * sizes.outputs;
    const y = Float64Array.from({ length: size }, (_, i) => bias?.data[i % sizes.outputs] ?? 0);
    forEachProduct(sizes, attributes, (xi, wi, yi) => {
      y[yi] += x.data[xi] * w.data[wi];
    });
    return [y];
  },
  cost: (inputs, outputs, attributes) =>
    conv2dCost(conv2dSizes('conv2d', inputs[0], inputs[1], attributes), attributes, inputs, outputs),
  reductionLength: ([, w]) => w.shape[0] * w.shape[1] * w.shape[2],
  samples: conv2dSamples.map(({ name, x, w, bias, layout, attributes, types }) => ({
    name,
    inputs: [
      { shape: x, dtype: types?.x },
      { shape: w, layout, dtype: types?.w },
      ...(bias ? [{ shape: [w[3]] }] : []),
    ],
    attributes: { ...attributes, ...resultType(types?.y ?? 'f32') },
  })),
};

/** @throws {ShapeError} when there is a bias and it is not f32 [outputs] */
export function checkBias(operation: string, bias: ValueType | undefined, outputs: number): void {
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== outputs || bias.dtype !== 'f32'))
    throw new ShapeError(
      `${operation}: bias is ${formatType(bias)}, wanted f32[${outputs}]: one element per output channel`,
    );
}
