import type { Value } from '../../graph/graph.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, Operation, TensorView } from '../../graph/operation.js';
import { product, valueType } from '../../graph/types.js';
import { trafficOnly, viewUniforms } from '../record/kernelCall.js';
import {
  isPool3x3,
  type PoolAttributes,
  type PoolGradientAttributes,
  type PoolOptions,
  poolAttributes,
  poolCall,
  poolInput,
  poolOutput,
  stripsOf,
  type Window,
  windowsOf,
} from './poolGeometry.js';

interface CountPadding {
  /** True: divide by the number of taps inside image and padding. False: by that of taps inside the image. */
  readonly countPadding: boolean;
}

/**
 * Average pooling. Taps in the padding are excluded from the mean, or with `countPadding` included as zeros; taps beyond
 * the padding (`ceil`) never count.
 * @param x f32 [N, H, W, C]
 * @param options windows, in pixels; countPadding is false where absent
 * @returns f32 [N, H', W', C] with the extents of `maxPool`
 * @throws {ShapeError} when x is not of rank 4 or smaller than the window
 * @throws {AttributeError} when an option is out of its range, or a window holds only padding
 * @throws {DTypeError} when x is u32 or f16
 */
export function averagePool(x: Value, options: PoolOptions & { readonly countPadding?: boolean }): Value {
  const attributes = { ...poolAttributes(options), countPadding: options.countPadding ?? false };
  return x.graph.apply(averagePoolOperation, [x], attributes)[0];
}

function countOf({ pixels, paddedCount }: Window, { countPadding }: CountPadding): number {
  return countPadding ? paddedCount : pixels.length;
}

/** Kernel call of the pooling (from x to y) or of its gradient (from dy to dx). */
function averageCall(
  source: TensorView,
  result: TensorView,
  attributes: PoolAttributes & CountPadding,
  gradient: boolean,
  target: KernelTarget,
): KernelCall {
  const { padding, countPadding } = attributes;
  const image = gradient ? result : source;
  if (isPool3x3(attributes)) {
    const { uniforms, grid } = stripsOf(result, target);
    return {
      kernel: 'pool/averagePool3x3',
      constants: { GRADIENT: gradient, COUNT_PADDING: countPadding },
      uniforms: {
        ...uniforms,
        xHeight: source.type.shape[1],
        xWidth: source.type.shape[2],
        yHeight: result.type.shape[1],
        yWidth: result.type.shape[2],
        startHeight: gradient ? 2 - padding[0] : padding[0],
        startWidth: gradient ? 2 - padding[1] : padding[1],
        imageHeight: image.type.shape[1],
        imageWidth: image.type.shape[2],
        paddingTop: padding[0],
        paddingLeft: padding[1],
        paddingBottom: padding[2],
        paddingRight: padding[3],
        ...viewUniforms('x', source),
        ...viewUniforms('y', result),
      },
      bindings: { x: source.operand, y: result.operand },
      grid,
    };
  }
  const names = gradient ? (['dx', 'dy'] as const) : (['x', 'y'] as const);
  const output = gradient ? source : result;
  const { constants, uniforms, grid } = poolCall(
    attributes,
    { name: names[0], view: image },
    { name: names[1], view: output },
    result,
    target,
  );
  return {
    kernel: gradient ? 'pool/averagePoolGradient' : 'pool/averagePool',
    constants: { ...constants, COUNT_PADDING: countPadding },
    uniforms: { ...uniforms, paddingBottom: padding[2], paddingRight: padding[3] },
    bindings: { [names[0]]: image.operand, [names[1]]: output.operand },
    grid,
  };
}

const padded = {
  kernel: [3, 3],
  stride: [1, 1],
  padding: [1, 1, 1, 1],
  dilation: [1, 1],
  ceil: false,
  countPadding: false,
};

const uneven = {
  kernel: [3, 2],
  stride: [2, 3],
  padding: [2, 0, 1, 1],
  dilation: [2, 3],
  ceil: true,
  countPadding: true,
};

export const averagePoolOperation: Operation<PoolAttributes & CountPadding> = {
  name: 'averagePool',
  infer: ([x], attributes) => [poolOutput('averagePool', x, attributes)],
  lower: ({ inputs: [x], outputs: [y], attributes, target }) => [averageCall(x, y, attributes, false, target)],
  gradient: ({ inputs: [x], outputGradients: [dy], attributes }) => [
    dy && x.graph.apply(averagePoolGradientOperation, [dy], { ...attributes, inputShape: x.shape })[0],
  ],
  reference: ([x], attributes) => {
    const channels = x.shape[3];
    const y = new Float64Array(product(poolOutput('averagePool', valueType(x.shape), attributes).shape));
    for (const window of windowsOf(x.shape, attributes))
      for (let c = 0; c < channels; c++) {
        const total = window.pixels.reduce((sum, { input }) => sum + x.data[input * channels + c], 0);
        y[window.output * channels + c] = total / countOf(window, attributes);
      }
    return [y];
  },
  cost: trafficOnly,
  reductionLength: (_, { kernel }) => kernel[0] * kernel[1],
  samples: [
    { name: '3x3, stride 1, padding left out', inputs: [{ shape: [2, 5, 7, 6] }], attributes: padded },
    {
      name: '3x3, stride 1, padding counted',
      inputs: [{ shape: [2, 5, 7, 6] }],
      attributes: { ...padded, countPadding: true },
    },
    {
      name: '3x2 with uneven strides and paddings, dilated, rounded up',
      inputs: [{ shape: [2, 9, 10, 5] }],
      attributes: uneven,
    },
    {
      name: 'more than one row an invocation',
      inputs: [{ shape: [1, 9, 3000, 1] }],
      attributes: padded,
      // The small samples show the gradient; central differences of this one would take long.
      smooth: false,
    },
    {
      name: '3x3 with stride 2',
      inputs: [{ shape: [1, 5, 7, 5] }],
      attributes: { ...padded, stride: [2, 2] },
    },
    {
      name: '2x2 without padding',
      inputs: [{ shape: [1, 6, 4, 3] }],
      attributes: { ...padded, kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] },
    },
  ],
};

export const averagePoolGradientOperation: Operation<PoolGradientAttributes & CountPadding> = {
  name: 'averagePoolGradient',
  infer: ([dy], attributes) => [poolInput('averagePoolGradient', dy, attributes)],
  lower: ({ inputs: [dy], outputs: [dx], attributes, target }) => [averageCall(dy, dx, attributes, true, target)],
  reference: ([dy], attributes) => {
    const channels = attributes.inputShape[3];
    const dx = new Float64Array(product(attributes.inputShape));
    for (const window of windowsOf(attributes.inputShape, attributes))
      for (const { input } of window.pixels)
        for (let c = 0; c < channels; c++)
          dx[input * channels + c] += dy.data[window.output * channels + c] / countOf(window, attributes);
    return [dx];
  },
  cost: trafficOnly,
  reductionLength: (_, { kernel, stride }) => Math.ceil((kernel[0] * kernel[1]) / (stride[0] * stride[1])),
  samples: [
    {
      name: '3x3, stride 1, uneven padding counted',
      inputs: [{ shape: [2, 6, 6, 6] }],
      attributes: { ...padded, padding: [2, 0, 1, 1], countPadding: true, inputShape: [2, 5, 7, 6] },
    },
    {
      name: '2x2 without padding',
      inputs: [{ shape: [1, 3, 2, 3] }],
      attributes: { ...padded, kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], inputShape: [1, 6, 4, 3] },
    },
    {
      name: '3x3 with stride 2',
      inputs: [{ shape: [1, 3, 4, 5] }],
      attributes: { ...padded, stride: [2, 2], inputShape: [1, 5, 7, 5] },
    },
    {
      name: 'more than one row an invocation',
      inputs: [{ shape: [1, 9, 3000, 1] }],
      attributes: { ...padded, inputShape: [1, 9, 3000, 1] },
    },
    {
      name: '3x3, stride 1, padding left out',
      inputs: [{ shape: [2, 5, 7, 6] }],
      attributes: { ...padded, inputShape: [2, 5, 7, 6] },
    },
    {
      name: '3x2 with uneven strides and paddings, dilated, rounded up',
      inputs: [{ shape: [2, 5, 4, 5] }],
      attributes: { ...uneven, inputShape: [2, 9, 10, 5] },
    },
  ],
};
