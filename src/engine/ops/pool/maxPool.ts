import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { Operation, TensorView } from '../../graph/operation.js';
import { formatType, product, sameShape, valueType, vectorsPerRow } from '../../graph/types.js';
import { checkInteger } from '../record/checks.js';
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
  windowsOf,
} from './poolGeometry.js';

/** Most taps of a window: the gradient needs the number of the winning tap, which is stored in a byte. */
const MAX_TAPS = 256;

/**
 * Max pooling. Of equal values the first in row-major order is the maximum and receives the gradient; padding is never the
 * maximum.
 * @param x f32 [N, H, W, C]
 * @param options windows, in pixels
 * @returns f32 [N, H', W', C], H' = floor((H + top + bottom - dilation * (kernel - 1) - 1) / stride) + 1, rounded up instead
 *   with `ceil`; W' alike
 * @throws {ShapeError} when x is not of rank 4 or smaller than the window
 * @throws {AttributeError} when an option is out of its range, a window holds only padding, or has more than 256 taps
 * @throws {DTypeError} when x is u32 or f16
 */
export function maxPool(x: Value, options: PoolOptions): Value {
  return x.graph.apply(maxPoolOperation, [x], poolAttributes(options))[0];
}

/** Type of the winning taps: one word per vec4 of the output. */
function winnersType(y: { shape: readonly number[] }) {
  const type = valueType(y.shape);
  return valueType([product(type.shape.slice(0, -1)) * vectorsPerRow(type)], 'u32');
}

/** Uniforms and grid of the kernels for 3x3 windows; arguments as of `poolCall`. */
function call3x3(
  { padding }: PoolAttributes,
  x: { name: string; view: TensorView },
  y: { name: string; view: TensorView },
  written: TensorView,
  target: KernelTarget,
): { uniforms: Record<string, number>; grid: [number, number, number] } {
  const { uniforms, grid } = stripsOf(written, target);
  const [, xHeight, xWidth] = x.view.type.shape;
  const [, yHeight, yWidth] = y.view.type.shape;
  return {
    uniforms: {
      ...uniforms,
      xHeight,
      xWidth,
      yHeight,
      yWidth,
      paddingTop: padding[0],
      paddingLeft: padding[1],
      ...viewUniforms(x.name, x.view),
      ...viewUniforms(y.name, y.view),
    },
    grid,
  };
}

/** Outputs: the maxima, and the winning tap of each element, four to a word (the channels of a vec4, lowest byte first). */
export const maxPoolOperation: Operation<PoolAttributes> = {
  name: 'maxPool',
  infer: ([x], attributes) => {
    const y = poolOutput('maxPool', x, attributes);
    const [rows, columns] = attributes.kernel;
    if (rows * columns > MAX_TAPS)
      throw new AttributeError(`maxPool: kernel is [${rows}, ${columns}], wanted at most ${MAX_TAPS} taps`);
    return [y, winnersType(y)];
  },
  lower: ({ inputs: [x], outputs: [y, winners], attributes, target }) => {
    const places = [
      { name: 'x', view: x },
      { name: 'y', view: y },
    ] as const;
    const bindings = { x: x.operand, y: y.operand, winners: winners.operand };
    if (isPool3x3(attributes))
      return [{ kernel: 'pool/maxPool3x3', ...call3x3(attributes, ...places, y, target), bindings }];
    return [{ kernel: 'pool/maxPool', ...poolCall(attributes, ...places, y, target), bindings }];
  },
  gradient: ({ inputs: [x], outputs: [, winners], outputGradients: [dy], attributes }) => [
    dy && x.graph.apply(maxPoolGradientOperation, [dy, winners], { ...attributes, inputShape: x.shape })[0],
  ],
  reference: ([x], attributes) => {
    const [, , , channels] = x.shape;
    const y = poolOutput('maxPool', valueType(x.shape), attributes);
    const maxima = new Float64Array(product(y.shape));
    const vectors = vectorsPerRow(y);
    const winners = new Float64Array(product(winnersType(y).shape));
    for (const { output, pixels } of windowsOf(x.shape, attributes))
      for (let c = 0; c < vectors * 4; c++) {
        // Padding channels of the last vec4 are zero.
        const values = pixels.map(({ input }) => (c < channels ? x.data[input * channels + c] : 0));
        const largest = Math.max(...values);
        if (c < channels) maxima[output * channels + c] = largest;
        winners[output * vectors + Math.floor(c / 4)] += pixels[values.indexOf(largest)].tap * 256 ** (c % 4);
      }
    return [maxima, winners];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    {
      name: '3x3, stride 1, padded',
      inputs: [{ shape: [2, 5, 7, 6] }],
      attributes: { kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], ceil: false },
    },
    {
      name: '3x2 with uneven strides and paddings, dilated, rounded up',
      inputs: [{ shape: [2, 9, 10, 5] }],
      attributes: { kernel: [3, 2], stride: [2, 3], padding: [2, 0, 1, 1], dilation: [2, 3], ceil: true },
    },
    {
      name: 'more than one row an invocation',
      inputs: [{ shape: [1, 9, 3000, 1] }],
      attributes: { kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], ceil: false },
      // The small samples show the gradient; central differences of this one would take long.
      smooth: false,
    },
    {
      name: '3x3 with stride 2 on ties',
      inputs: [{ shape: [1, 6, 5, 3], fill: 'ties' }],
      attributes: { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], dilation: [1, 1], ceil: false },
      smooth: false,
    },
    {
      name: '3x3, stride 1, on ties, with uneven padding',
      inputs: [{ shape: [2, 5, 6, 3], fill: 'ties' }],
      attributes: { kernel: [3, 3], stride: [1, 1], padding: [0, 2, 1, 1], dilation: [1, 1], ceil: false },
      smooth: false,
    },
    {
      name: '2x2 on ties',
      inputs: [{ shape: [1, 6, 4, 3], fill: 'ties' }],
      attributes: { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1], ceil: false },
      smooth: false,
    },
  ],
};

export const maxPoolGradientOperation: Operation<PoolGradientAttributes> = {
  name: 'maxPoolGradient',
  infer: ([dy, winners], attributes) => {
    const x = poolInput('maxPoolGradient', dy, attributes);
    checkInteger('maxPoolGradient', 'winners', winners);
    const wanted = winnersType(dy);
    if (!sameShape(winners.shape, wanted.shape))
      throw new ShapeError(`maxPoolGradient: winners are ${formatType(winners)}, wanted ${formatType(wanted)}`);
    return [x];
  },
  lower: ({ inputs: [dy, winners], outputs: [dx], attributes, target }) => {
    const places = [
      { name: 'dx', view: dx },
      { name: 'dy', view: dy },
    ] as const;
    const bindings = { dy: dy.operand, winners: winners.operand, dx: dx.operand };
    if (isPool3x3(attributes))
      return [{ kernel: 'pool/maxPool3x3Gradient', ...call3x3(attributes, ...places, dx, target), bindings }];
    return [{ kernel: 'pool/maxPoolGradient', ...poolCall(attributes, ...places, dx, target), bindings }];
  },
  reference: ([dy, winners], attributes) => {
    const dx = new Float64Array(product(attributes.inputShape));
    const channels = attributes.inputShape[3];
    const vectors = Math.ceil(channels / 4);
    for (const { output, pixels } of windowsOf(attributes.inputShape, attributes))
      for (let c = 0; c < channels; c++) {
        const word = winners.data[output * vectors + Math.floor(c / 4)];
        const tap = Math.floor(word / 256 ** (c % 4)) % 256;
        for (const pixel of pixels)
          if (pixel.tap === tap) dx[pixel.input * channels + c] += dy.data[output * channels + c];
      }
    return [dx];
  },
  cost: trafficOnly,
  reductionLength: (_, { kernel, stride }) => Math.ceil((kernel[0] * kernel[1]) / (stride[0] * stride[1])),
  samples: [
    {
      name: '3x3, stride 1, with uneven padding',
      inputs: [{ shape: [2, 4, 7, 3] }, { shape: [56], dtype: 'u32', fill: { integersBelow: 2304 } }],
      attributes: {
        kernel: [3, 3],
        stride: [1, 1],
        padding: [0, 2, 1, 1],
        dilation: [1, 1],
        ceil: false,
        inputShape: [2, 5, 6, 3],
      },
    },
    {
      name: '3x3 with stride 2',
      inputs: [{ shape: [1, 3, 3, 3] }, { shape: [9], dtype: 'u32', fill: { integersBelow: 9 } }],
      attributes: {
        kernel: [3, 3],
        stride: [2, 2],
        padding: [1, 1, 1, 1],
        dilation: [1, 1],
        ceil: false,
        inputShape: [1, 6, 5, 3],
      },
    },
    {
      name: 'more than one row an invocation',
      inputs: [{ shape: [1, 9, 3000, 1] }, { shape: [27000], dtype: 'u32', fill: { integersBelow: 9 } }],
      attributes: {
        kernel: [3, 3],
        stride: [1, 1],
        padding: [1, 1, 1, 1],
        dilation: [1, 1],
        ceil: false,
        inputShape: [1, 9, 3000, 1],
      },
    },
    {
      name: '3x3, stride 1, padded',
      inputs: [{ shape: [2, 5, 7, 6] }, { shape: [140], dtype: 'u32', fill: { integersBelow: 2304 } }],
      attributes: {
        kernel: [3, 3],
        stride: [1, 1],
        padding: [1, 1, 1, 1],
        dilation: [1, 1],
        ceil: false,
        inputShape: [2, 5, 7, 6],
      },
    },
    {
      name: '3x2 with uneven strides and paddings, dilated, rounded up',
      inputs: [{ shape: [2, 5, 4, 5] }, { shape: [80], dtype: 'u32', fill: { integersBelow: 6 } }],
      attributes: {
        kernel: [3, 2],
        stride: [2, 3],
        padding: [2, 0, 1, 1],
        dilation: [2, 3],
        ceil: true,
        inputShape: [2, 9, 10, 5],
      },
    },
  ],
};
