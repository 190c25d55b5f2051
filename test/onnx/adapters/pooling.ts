import type { Value } from '../../../src/engine/graph/graph.js';
import type { ReferenceTensor } from '../../../src/engine/graph/operation.js';
import { averagePool } from '../../../src/engine/ops/pool/averagePool.js';
import { globalAveragePool } from '../../../src/engine/ops/pool/globalAveragePool.js';
import { maxPool, maxPoolGradientOperation, maxPoolOperation } from '../../../src/engine/ops/pool/maxPool.js';
import { type PoolOptions, poolAttributes } from '../../../src/engine/ops/pool/poolGeometry.js';
import { channelsFirst, channelsLast, reshaped } from '../arrays.js';
import { type Adapter, type NodeCall, Unsupported } from '../call.js';
import { asGiven, asImages, pairOf, windowsOf } from './windows.js';

export const max: Adapter = async (call) => {
  const x = asImages(call.float(0));
  const options = poolOptions(call, x);
  checkTaps(options.kernel);
  const wantsIndices = Boolean(call.outputs[1]);
  const attributes = poolAttributes(options);
  const [y, winners] = await call.run((tracer) => {
    const outputs = tracer.graph.apply(maxPoolOperation, [tracer.feed(channelsLast(x))], attributes);
    return wantsIndices ? outputs : outputs.slice(0, 1);
  });
  const maxima = asGiven(channelsFirst(y), call.float(0).shape.length);
  if (!wantsIndices) return [maxima];
  const indices = indicesOf(winners, y.shape, x.shape, attributes, call.number('storage_order', 0) === 1);
  return [maxima, { ...asGiven(channelsFirst(indices), call.float(0).shape.length), type: 'int64' }];
};

export const average: Adapter = (call) => {
  const countPadding = call.number('count_include_pad', 0) === 1;
  return pool(call, (x, options) => averagePool(x, { ...options, countPadding }));
};

export const globalAverage: Adapter = (call) => global(call, globalAveragePool);

/** A window as large as the image. */
export const globalMax: Adapter = (call) =>
  global(call, (x) => {
    const [, height, width] = x.shape;
    checkTaps([height, width]);
    return maxPool(x, { kernel: [height, width] });
  });

/**
 * The gradient of max pooling: each element is added at the position of the maximum. Indices refer to the smallest image that
 * the windows cover, even where a larger output is wanted.
 */
export const unpool: Adapter = async (call) => {
  const x = asImages(call.float(0));
  const [images, channels, rows, columns] = x.shape;
  const kernel = pairOf(call.numbers('kernel_shape'), 1);
  checkTaps(kernel);
  const windows = windowsOf(call, [0, 0], kernel);
  if (windows.padding.some((extent) => extent > 0)) throw new Unsupported('unpooling with padding');
  const attributes = poolAttributes({ kernel, ...windows });
  const covered = [rows, columns].map((count, axis) => (count - 1) * windows.stride[axis] + kernel[axis]);
  const output = call.has(2) ? pairOf(call.integers(2).slice(2), 1) : covered;
  const winners = winnersOf(channelsLast(reshaped(call.any(1), x.shape)), covered, attributes);
  const [y] = await call.run((tracer) =>
    tracer.graph.apply(maxPoolGradientOperation, [tracer.feed(channelsLast(x)), tracer.feed(winners, 'u32')], {
      ...attributes,
      inputShape: [images, ...output, channels],
    }),
  );
  return [asGiven(channelsFirst(y), call.float(0).shape.length)];
};

async function pool(call: NodeCall, build: (x: Value, options: Options) => Value) {
  const x = asImages(call.float(0));
  const [y] = await call.run((tracer) => [build(tracer.feed(channelsLast(x)), poolOptions(call, x))]);
  return [asGiven(channelsFirst(y), call.float(0).shape.length)];
}

async function global(call: NodeCall, build: (x: Value) => Value) {
  const given = call.float(0);
  const [y] = await call.run((tracer) => [build(tracer.feed(channelsLast(asImages(given))))]);
  return [reshaped(y, [given.shape[0], given.shape[1], ...given.shape.slice(2).map(() => 1)])];
}

type Options = PoolOptions & { readonly kernel: [number, number] };

function poolOptions(call: NodeCall, x: ReferenceTensor): Options {
  const kernel = pairOf(call.numbers('kernel_shape'), 1);
  return { kernel, ...windowsOf(call, x.shape.slice(2), kernel), ceil: call.number('ceil_mode', 0) === 1 };
}

/** The engine stores the winning tap of a maximum in a byte. */
function checkTaps([rows, columns]: readonly [number, number]): void {
  if (rows * columns > 256) throw new Unsupported('max pooling over more than 256 taps');
}

/** The engine's winning taps, bytes, from ONNX's indices [N, H', W', C] of windows without padding and dilation. */
function winnersOf(
  indices: ReferenceTensor,
  [height, width]: readonly number[],
  { kernel, stride }: ReturnType<typeof poolAttributes>,
): ReferenceTensor {
  const [, rows, columns, channels] = indices.shape;
  const vectors = Math.ceil(channels / 4);
  const data = new Float64Array((indices.data.length / channels) * vectors);
  indices.data.forEach((index, i) => {
    const channel = i % channels;
    const pixel = Math.floor(i / channels);
    const row = (Math.floor(index / width) % height) - (Math.floor(pixel / columns) % rows) * stride[0];
    const column = (index % width) - (pixel % columns) * stride[1];
    data[pixel * vectors + Math.floor(channel / 4)] += (row * kernel[1] + column) * 256 ** (channel % 4);
  });
  return { shape: [data.length], data };
}

/**
 * ONNX's indices, into all of the input as [N, C, H, W] (or [N, C, W, H], column-major), from the engine's winning taps.
 * @param winners bytes, four channels per word
 * @param shape of the output, [N, H', W', C]
 */
function indicesOf(
  winners: ReferenceTensor,
  shape: readonly number[],
  [, channels, height, width]: readonly number[],
  { kernel, stride, padding, dilation }: ReturnType<typeof poolAttributes>,
  columnMajor: boolean,
): ReferenceTensor {
  const [, rows, columns] = shape;
  const vectors = Math.ceil(channels / 4);
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => {
    const channel = i % channels;
    const pixel = Math.floor(i / channels);
    const word = winners.data[pixel * vectors + Math.floor(channel / 4)];
    const tap = Math.floor(word / 256 ** (channel % 4)) % 256;
    const column = (pixel % columns) * stride[1] - padding[1] + (tap % kernel[1]) * dilation[1];
    const top = (Math.floor(pixel / columns) % rows) * stride[0] - padding[0];
    const row = top + Math.floor(tap / kernel[1]) * dilation[0];
    const plane = Math.floor(pixel / (columns * rows)) * channels + channel;
    return plane * height * width + (columnMajor ? column * height + row : row * width + column);
  });
  return { shape, data };
}
