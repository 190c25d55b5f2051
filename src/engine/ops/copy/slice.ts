import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { trafficOnly } from '../record/kernelCall.js';
import { checkRows } from '../record/shapeChecks.js';
import { checkChannels, copyChannels } from './copy.js';

export interface SliceAttributes {
  /** First channel. */
  readonly start: number;
  readonly length: number;
}

/**
 * Channels (elements of the last dimension) `start` to `start + length - 1`. A view, which costs nothing, where they fill
 * whole vec4s.
 * @param x f32 [..., C] in layout rows
 * @returns f32 [..., length]
 * @throws {ShapeError} when the channels do not lie within the C of x, or x is in layout matrix
 * @throws {DTypeError} when x is u32 or f16
 */
export function slice(x: Value, start: number, length: number): Value {
  return x.graph.apply(sliceOperation, [x], { start, length })[0];
}

export const sliceOperation: Operation<SliceAttributes> = {
  name: 'slice',
  infer: ([x]: readonly ValueType[], { start, length }) => {
    checkFloat('slice', 'x', x);
    checkRows('slice', 'x', x);
    checkChannels('slice', start, length, channelsOf(x));
    return [valueType([...x.shape.slice(0, -1), length])];
  },
  viewOf: (_, { start }) => [{ channelOffset: start, reshape: false }],
  lower: ({ inputs: [x], outputs: [y], attributes: { start, length } }) => [
    copyChannels(x, y, { first: start, begin: 0, count: length, before: 'zero', whole: true }),
  ],
  gradient: ({ inputs: [x], outputGradients: [dy], attributes: { start } }) => [
    dy?.graph.apply(padChannelsOperation, [dy], { start, channels: channelsOf(x.type) })[0],
  ],
  reference: ([x], { start, length }) => {
    const channels = x.shape[x.shape.length - 1];
    const rows = x.data.length / channels;
    const y = new Float64Array(rows * length);
    for (let row = 0; row < rows; row++)
      y.set(x.data.subarray(row * channels + start, row * channels + start + length), row * length);
    return [y];
  },
  cost: (_, [y]) => trafficOnly([y], [y]),
  reductionLength: () => 1,
  samples: [
    { name: 'whole vec4s', inputs: [{ shape: [2, 3, 20] }], attributes: { start: 12, length: 4 } },
    { name: 'across vec4s', inputs: [{ shape: [2, 3, 11] }], attributes: { start: 3, length: 6 } },
    { name: 'the start of a vec4', inputs: [{ shape: [5, 11] }], attributes: { start: 4, length: 3 } },
    { name: 'the end of the row', inputs: [{ shape: [5, 11] }], attributes: { start: 8, length: 3 } },
    { name: 'a vector', inputs: [{ shape: [13] }], attributes: { start: 5, length: 7 } },
  ],
};

interface PadChannelsAttributes {
  /** Channel of the output at which the input starts. */
  readonly start: number;
  /** Channels of the output. */
  readonly channels: number;
}

/** The gradient of `slice`: pads the channels with zeros. */
export const padChannelsOperation: Operation<PadChannelsAttributes> = {
  name: 'padChannels',
  infer: ([x]: readonly ValueType[], { start, channels }) => {
    checkFloat('padChannels', 'x', x);
    checkRows('padChannels', 'x', x);
    checkChannels('padChannels', start, channelsOf(x), channels);
    return [valueType([...x.shape.slice(0, -1), channels])];
  },
  lower: ({ inputs: [x], outputs: [y], attributes: { start } }) => [
    copyChannels(x, y, { first: 0, begin: start, count: channelsOf(x.type), before: 'zero', whole: true }),
  ],
  gradient: ({ inputs: [x], outputGradients: [dy], attributes: { start } }) => [
    dy && slice(dy, start, channelsOf(x.type)),
  ],
  reference: ([x], { start, channels }) => {
    const length = x.shape[x.shape.length - 1];
    const rows = x.data.length / length;
    const y = new Float64Array(rows * channels);
    for (let row = 0; row < rows; row++)
      y.set(x.data.subarray(row * length, (row + 1) * length), row * channels + start);
    return [y];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'whole vec4s', inputs: [{ shape: [2, 3, 4] }], attributes: { start: 12, channels: 20 } },
    { name: 'across vec4s', inputs: [{ shape: [2, 3, 6] }], attributes: { start: 3, channels: 11 } },
    { name: 'the end of the row', inputs: [{ shape: [5, 3] }], attributes: { start: 8, channels: 11 } },
    { name: 'a vector', inputs: [{ shape: [7] }], attributes: { start: 5, channels: 13 } },
  ],
};
