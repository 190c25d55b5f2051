import type { Layout } from '../../graph/types.js';
import type { Conv2dAttributes } from './conv2dGeometry.js';

/** A test case of the convolution kernels: shapes of x and w, and attributes. */
export interface Conv2dSample {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly layout: Layout;
  readonly bias?: boolean;
  readonly attributes: Conv2dAttributes;
  /** Element types other than f32. */
  readonly types?: { readonly x?: 'f16'; readonly w?: 'f16'; readonly y?: 'f16' };
}

const plain: Conv2dAttributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
const same: Conv2dAttributes = { ...plain, padding: [1, 1, 1, 1] };

export const conv2dSamples: readonly Conv2dSample[] = [
  { name: '3x3, padded', x: [2, 5, 7, 6], w: [3, 3, 6, 10], layout: 'matrix', attributes: same },
  { name: '3x3 with bias', x: [1, 4, 4, 8], w: [3, 3, 8, 16], layout: 'matrix', bias: true, attributes: same },
  {
    name: '3x3 of stride 2',
    x: [2, 7, 6, 3],
    w: [3, 3, 3, 8],
    layout: 'matrix',
    attributes: { ...same, stride: [2, 2] },
  },
  { name: '1x1', x: [3, 5, 3, 5], w: [1, 1, 5, 20], layout: 'matrix', attributes: plain },
  { name: '1x1 of many channels', x: [2, 3, 5, 15], w: [1, 1, 15, 9], layout: 'matrix', attributes: plain },
  {
    name: '1x1 of stride 2',
    x: [2, 5, 6, 4],
    w: [1, 1, 4, 4],
    layout: 'matrix',
    attributes: { ...plain, stride: [2, 2] },
  },
  {
    name: '1x1 of stride 2, the first row and column cut off',
    x: [2, 6, 8, 4],
    w: [1, 1, 4, 4],
    layout: 'matrix',
    attributes: { ...plain, stride: [2, 2], padding: [-1, -1, 0, 0] },
  },
  {
    name: '3x3 dilated',
    x: [1, 9, 10, 4],
    w: [3, 3, 4, 5],
    layout: 'matrix',
    attributes: { ...plain, padding: [2, 2, 2, 2], dilation: [2, 2] },
  },
  {
    name: '3x2, all attributes uneven',
    x: [2, 9, 11, 3],
    w: [3, 2, 3, 6],
    layout: 'matrix',
    attributes: { stride: [2, 3], padding: [2, 0, 1, 3], dilation: [1, 2], groups: 1 },
  },
  {
    name: 'stride and dilation with a common divisor',
    x: [1, 9, 9, 4],
    w: [3, 3, 4, 4],
    layout: 'matrix',
    attributes: { ...plain, stride: [2, 2], padding: [1, 2, 1, 2], dilation: [2, 2] },
  },
  {
    name: '1x7',
    x: [1, 3, 9, 4],
    w: [1, 7, 4, 8],
    layout: 'matrix',
    attributes: { ...plain, padding: [0, 3, 0, 3] },
  },
  { name: 'many pixels', x: [2, 17, 16, 4], w: [3, 3, 4, 8], layout: 'matrix', attributes: same },
  { name: '3x3 of more channels', x: [1, 3, 4, 37], w: [3, 3, 37, 40], layout: 'matrix', attributes: same },
  {
    name: 'more pixels and channels than a tile, with bias',
    x: [1, 9, 15, 69],
    w: [1, 1, 69, 70],
    layout: 'matrix',
    bias: true,
    attributes: plain,
  },
  {
    name: 'f16',
    x: [2, 5, 7, 6],
    w: [3, 3, 6, 9],
    layout: 'matrix',
    bias: true,
    attributes: same,
    types: { x: 'f16', w: 'f16', y: 'f16' },
  },
  {
    name: 'f16 of x alone',
    x: [1, 4, 9, 9],
    w: [1, 1, 9, 5],
    layout: 'matrix',
    attributes: plain,
    types: { x: 'f16' },
  },
  { name: 'weights without padding rows', x: [1, 4, 5, 5], w: [3, 3, 5, 7], layout: 'rows', attributes: same },
  { name: 'groups of vec4s', x: [2, 5, 5, 8], w: [3, 3, 4, 16], layout: 'rows', attributes: { ...same, groups: 2 } },
  {
    name: 'odd groups with bias',
    x: [1, 4, 3, 6],
    w: [2, 2, 2, 9],
    layout: 'rows',
    bias: true,
    attributes: { ...same, groups: 3, stride: [2, 1] },
  },
  { name: 'depthwise 3x3', x: [2, 5, 7, 6], w: [3, 3, 1, 6], layout: 'rows', attributes: { ...same, groups: 6 } },
  {
    name: 'depthwise 5x5 with bias, stride 2',
    x: [2, 9, 8, 5],
    w: [5, 5, 1, 5],
    layout: 'rows',
    bias: true,
    attributes: { ...plain, groups: 5, stride: [2, 2], padding: [2, 2, 2, 2] },
  },
  {
    name: 'depthwise 5x5 dilated',
    x: [1, 9, 11, 8],
    w: [5, 5, 1, 8],
    layout: 'rows',
    attributes: { ...plain, groups: 8, padding: [4, 4, 4, 4], dilation: [2, 2] },
  },
  {
    name: 'depthwise, many pixels',
    x: [2, 16, 17, 4],
    w: [3, 3, 1, 4],
    layout: 'rows',
    attributes: { ...same, groups: 4 },
  },
];
