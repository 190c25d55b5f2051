import type { DepthwiseAttributes } from './depthwiseConv2dGeometry.js';

/** A test case of the depthwise kernels: shapes of x and w, and attributes. */
export interface DepthwiseSample {
  readonly name: string;
  readonly x: readonly [number, number, number, number];
  readonly w: readonly [number, number, number, number];
  readonly attributes: DepthwiseAttributes;
}

function attributes(channels: number, padding: number, more: Partial<DepthwiseAttributes> = {}): DepthwiseAttributes {
  const pads = [padding, padding, padding, padding];
  return { stride: [1, 1], padding: pads, dilation: [1, 1], groups: channels, relu: false, ...more };
}

export const depthwiseSamples: readonly DepthwiseSample[] = [
  {
    name: 'one copy, odd channels, relu',
    x: [2, 5, 7, 6],
    w: [3, 3, 1, 6],
    attributes: attributes(6, 1, { relu: true }),
  },
  { name: 'two copies, relu', x: [2, 6, 5, 8], w: [3, 3, 2, 8], attributes: attributes(8, 1, { relu: true }) },
  { name: 'three copies', x: [1, 5, 6, 8], w: [3, 3, 3, 8], attributes: attributes(8, 1) },
  {
    name: 'four copies of stride 2, relu',
    x: [2, 8, 7, 8],
    w: [3, 3, 4, 8],
    attributes: attributes(8, 1, { relu: true, stride: [2, 2] }),
  },
  {
    name: 'two copies of 5x5, stride 2, relu',
    x: [1, 9, 8, 4],
    w: [5, 5, 2, 4],
    attributes: attributes(4, 2, { relu: true, stride: [2, 2] }),
  },
  {
    name: 'three copies of 3x3, dilated, relu',
    x: [1, 9, 10, 4],
    w: [3, 3, 3, 4],
    attributes: attributes(4, 2, { relu: true, dilation: [2, 2] }),
  },
  {
    name: 'two copies of 5x5, dilated',
    x: [1, 9, 11, 8],
    w: [5, 5, 2, 8],
    attributes: attributes(8, 4, { dilation: [2, 2] }),
  },
  {
    name: 'four copies of 5x5, dilated, stride 2, relu',
    x: [1, 12, 12, 4],
    w: [5, 5, 4, 4],
    attributes: attributes(4, 4, { relu: true, dilation: [2, 2], stride: [2, 2] }),
  },
  {
    name: 'two copies of 3x2, all attributes uneven, relu',
    x: [2, 9, 11, 4],
    w: [3, 2, 2, 4],
    attributes: attributes(4, 0, { relu: true, stride: [2, 3], padding: [2, 0, 1, 3], dilation: [1, 2] }),
  },
  {
    name: 'two copies of 3x3, stride 3 and dilation 2',
    x: [1, 10, 11, 4],
    w: [3, 3, 2, 4],
    attributes: attributes(4, 2, { stride: [3, 3], dilation: [2, 2] }),
  },
  {
    name: 'two copies of many rows',
    x: [3, 91, 5, 32],
    w: [3, 3, 2, 32],
    attributes: attributes(32, 1, { relu: true }),
  },
];
