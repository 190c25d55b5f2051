import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { trafficOnly } from '../record/kernelCall.js';
import { checkRows } from '../record/shapeChecks.js';
import { broadcastScalar } from '../reduce/reduce.js';
import { channelStarts } from './channelStarts.js';
import { concat } from './concat.js';
import { copyChannels } from './copy.js';

interface SplitAttributes {
  /** Channels of each part. */
  readonly sizes: readonly number[];
}

/**
 * The inverse of `concat`: splits x along the channels (the last dimension). The parts are views, which cost nothing, where
 * all of them fill whole vec4s. Unlike slices, they share one gradient, into which the kernels that compute the gradients of
 * the parts write directly.
 * @param x f32 [..., C] in layout rows
 * @param sizes channels of each part; they add up to C
 * @returns one value f32 [..., sizes[i]] per part
 * @throws {ShapeError} when the sizes are not positive integers that add up to C, or x is in layout matrix
 * @throws {DTypeError} when x is u32 or f16
 */
export function split(x: Value, sizes: readonly number[]): readonly Value[] {
  if (sizes.length === 1 && sizes[0] === channelsOf(x.type)) return [x];
  return x.graph.apply(splitOperation, [x], { sizes });
}

export const splitOperation: Operation<SplitAttributes> = {
  name: 'split',
  infer: ([x], { sizes }) => {
    checkFloat('split', 'x', x);
    checkRows('split', 'x', x);
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sum !== channelsOf(x) || sizes.some((size) => !Number.isInteger(size) || size < 1))
      throw new ShapeError(
        `split: got parts of [${sizes}] channels, wanted positive integers that add up to the ${channelsOf(x)} channels of x`,
      );
    return sizes.map((size) => valueType([...x.shape.slice(0, -1), size]));
  },
  viewOf: (_, { sizes }) => channelStarts(sizes).map((channelOffset) => ({ channelOffset, reshape: false })),
  lower: ({ inputs: [x], outputs, attributes: { sizes } }) => {
    const starts = channelStarts(sizes);
    return outputs.map((y, index) =>
      copyChannels(x, y, { first: starts[index], begin: 0, count: sizes[index], before: 'zero', whole: true }),
    );
  },
  gradient: ({ inputs: [x], outputs, outputGradients }) => {
    const zero = () => x.graph.constant([0], []);
    return [concat(outputs.map((y, index) => outputGradients[index] ?? broadcastScalar(zero(), y.type)))];
  },
  reference: ([x], { sizes }) => {
    const channels = x.shape[x.shape.length - 1];
    const starts = channelStarts(sizes);
    return sizes.map((size, index) => {
      const y = new Float64Array((x.data.length / channels) * size);
      for (let row = 0; row * channels < x.data.length; row++) {
        const start = row * channels + starts[index];
        y.set(x.data.subarray(start, start + size), row * size);
      }
      return y;
    });
  },
  cost: (_, parts) => trafficOnly(parts, parts),
  reductionLength: () => 1,
  samples: [
    { name: 'whole vec4s', inputs: [{ shape: [2, 3, 17] }], attributes: { sizes: [4, 8, 5] } },
    { name: 'across vec4s', inputs: [{ shape: [2, 3, 13] }], attributes: { sizes: [3, 2, 1, 7] } },
    { name: 'a vector', inputs: [{ shape: [13] }], attributes: { sizes: [8, 5] } },
  ],
};
