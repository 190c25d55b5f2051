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
 * Depthwise convolution with M kernels for every channel, with zero padding; the outputs of M depthwise convolutions of one
 * input, concatenated, for which the input is read once.
 * @param x images [N, H, W, C]; C a multiple of 4 where M > 1
 * @param w [kernelHeight, kernelWidth, M, C], layout rows
 * @param options stride, dilation, padding as in `conv2d`; relu: convolve max(x, 0), which is not stored
 * @returns [N, OH, OW, M * C], channel e * C + c from channel c of x and w[:, :, e, c]
 * @throws ShapeError, AttributeError, DTypeError
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
