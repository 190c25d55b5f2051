import type { SampleInput } from '../../graph/operation.js';
import { type MixedEdgesAttributes, NO_SLOT } from './mixedEdgesCalls.js';

/** A test case of the operations of mixed edges. */
export interface MixedEdgesSample {
  readonly name: string;
  /** The stack; weights; entries; the skip connection, gamma and beta where given. */
  readonly inputs: readonly SampleInput[];
  /** Shape of an edge's output. */
  readonly shape: readonly number[];
  readonly attributes: MixedEdgesAttributes;
  /** False with closed entries: their weights get gradient zero, which is not the derivative of the sum. */
  readonly smooth: boolean;
}

interface Sizes {
  readonly shape: readonly number[];
  /** Slots of each edge's candidates. */
  readonly entries: readonly (readonly number[])[];
  readonly slots: number;
  readonly normalised: number;
  readonly skip?: boolean;
  readonly affine?: boolean;
  readonly epsilon?: number;
  /** Entries of weight zero. */
  readonly closed?: readonly number[];
}

function sample(name: string, sizes: Sizes): MixedEdgesSample {
  const { shape, entries, slots, normalised, skip = false, affine = false, epsilon = 1e-5, closed } = sizes;
  const channels = shape[shape.length - 1];
  const edges = entries.length;
  const width = entries[0].length;
  const count = edges * width + (skip ? edges : 0);
  const weights = closed && Array.from({ length: count }, (_, i) => (closed.includes(i) ? 0 : (i % 5) / 4 - 0.375));
  const perChannel = { shape: [normalised * channels] };
  return {
    name,
    inputs: [
      { shape: [...shape.slice(0, -1), slots * channels] },
      { shape: [count], ...(weights && { fill: { values: weights } }) },
      { shape: [edges * width], dtype: 'u32', fill: { values: entries.flat() } },
      ...(skip ? [{ shape }] : []),
      ...(affine ? [perChannel, perChannel] : []),
    ],
    shape,
    attributes: { edges, width, slots, normalised, skip, epsilon },
    smooth: closed === undefined,
  };
}

export const mixedEdgesSamples: readonly MixedEdgesSample[] = [
  sample('two edges that share a pool', {
    shape: [3, 5, 7, 8],
    entries: [
      [0, 2, 4],
      [1, 3, 4],
    ],
    slots: 5,
    normalised: 5,
    skip: true,
  }),
  sample('three edges, affine, the pool as it is', {
    shape: [2, 3, 5, 4],
    entries: [
      [0, 3, 6],
      [1, 4, 6],
      [2, 5, 6],
    ],
    slots: 7,
    normalised: 6,
    skip: true,
    affine: true,
  }),
  sample('four edges of unequal candidates, two of them closed', {
    shape: [41, 8],
    entries: [
      [0, 3],
      [1, NO_SLOT],
      [2, 3],
      [NO_SLOT, 3],
    ],
    slots: 4,
    normalised: 3,
    skip: true,
    closed: [1, 4, 9],
  }),
  sample('one edge without a skip connection, many rows', {
    shape: [1031, 4],
    entries: [[1, 0, 2]],
    slots: 3,
    normalised: 3,
    epsilon: 0,
  }),
  sample('affine, closed and shared', {
    shape: [37, 4],
    entries: [
      [0, 1],
      [2, 1],
    ],
    slots: 3,
    normalised: 2,
    affine: true,
    closed: [0],
  }),
  sample('nothing normalised', {
    shape: [2, 9, 4],
    entries: [
      [0, 1],
      [1, 2],
    ],
    slots: 3,
    normalised: 0,
    skip: true,
  }),
];
