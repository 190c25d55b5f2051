import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { valueType } from '../../graph/types.js';
import { type Conv2dOptions, conv2dAttributes, conv2dCost } from './conv2dGeometry.js';
import { type DepthwiseAttributes, depthwiseSizes } from './depthwiseConv2dGeometry.js';
import {
  depthwiseConv2dInputGradientOperation,
  depthwiseConv2dWeightGradientOperation,
} from './depthwiseConv2dGradients.js';
import { forEachDepthwiseProduct, rectified } from './depthwiseConv2dReference.js';
import { depthwiseSamples } from './depthwiseConv2dSamples.js';
import { depthwiseCalls } from './depthwiseKernels.js';

/**
 * Depthwise convolution with M kernels per channel (channel multiplier M) and zero padding: the concatenated outputs of M
 * depthwise convolutions of one input, which is read once.
 * @param x images, f32 [N, H, W, C]; C a multiple of 4 where M > 1
 * @param w weights, f32 [kernelHeight, kernelWidth, M, C] in layout rows
 * @param options stride, dilation and padding as in `conv2d`; relu: the input is max(x, 0), which is not stored (false
 *   where absent)
 * @returns f32 [N, OH, OW, M * C]; channel e * C + c is computed from channel c of x with w[:, :, e, c]
 * @throws {ShapeError} when shapes or layouts do not fit, or the image is smaller than the kernel
 * @throws {AttributeError} when an option is out of its range, or C is no multiple of 4 although M > 1
 * @throws {DTypeError} when an argument is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function depthwiseConv2d(
  x: Value,
  w: Value,
  { relu = false, ...options }: Omit<Conv2dOptions, 'groups'> & { readonly relu?: boolean } = {},
): Value {
  const attributes = { ...conv2dAttributes({ ...options, groups: x.shape.at(-1) ?? 1 }), relu };
  return x.graph.apply(depthwiseConv2dOperation, [x, w], attributes)[0];
}

export const depthwiseConv2dOperation: Operation<DepthwiseAttributes> = {
  name: 'depthwiseConv2d',
  infer: ([x, w], attributes) => {
    const { images, output, outputs } = depthwiseSizes('depthwiseConv2d', x, w, attributes);
    return [valueType([images, ...output, outputs])];
  },
  lower: ({ inputs: [x, w], outputs: [y], attributes, target }) => {
    const sizes = depthwiseSizes('depthwiseConv2d', x.type, w.type, attributes);
    return depthwiseCalls({ sizes, attributes, x, w, y, target, relu: attributes.relu });
  },
  gradient: ({ inputs: [x, w], outputGradients: [dy], attributes, needed }) => {
    if (!dy) return [];
    const { graph } = x;
    const input = { ...attributes, input: x.shape.slice(1, 3) };
    const gate = attributes.relu ? [x] : [];
    return [
      needed[0] ? graph.apply(depthwiseConv2dInputGradientOperation, [dy, w, ...gate], input)[0] : undefined,
      needed[1]
        ? graph.apply(depthwiseConv2dWeightGradientOperation, [x, dy], {
            ...attributes,
            kernel: w.shape.slice(0, 2),
          })[0]
        : undefined,
    ];
  },
  reference: ([x, w], attributes) => {
    const sizes = depthwiseSizes('depthwiseConv2d', valueType(x.shape), valueType(w.shape), attributes);
    const y = new Float64Array(sizes.images * sizes.output[0] * sizes.output[1] * sizes.outputs);
    forEachDepthwiseProduct(sizes, attributes, (xi, wi, yi) => {
      y[yi] += rectified(x.data[xi], attributes) * w.data[wi];
    });
    return [y];
  },
  cost: (inputs, outputs, attributes) =>
    conv2dCost(depthwiseSizes('depthwiseConv2d', inputs[0], inputs[1], attributes), attributes, inputs, outputs),
  reductionLength: ([, w]) => w.shape[0] * w.shape[1],
  samples: depthwiseSamples.map(({ name, x, w, attributes }) => ({
    name,
    inputs: [{ shape: x }, { shape: w }],
    attributes,
  })),
};
