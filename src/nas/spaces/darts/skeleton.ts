import type { NetworkSettings } from '../shared/networkSettings.js';

/** Of each kind of cell, the nodes that are concatenated into its output. */
export type CellOutputs = Readonly<Record<'normal' | 'reduction', { readonly concat: readonly number[] }>>;

/** Channels of the stem for CIFAR, as a multiple of those of the first cell (DARTS' code). */
export const STEM_MULTIPLIER = 3;

/** Position and sizes of a cell in its network. */
export interface CellPlace {
  readonly reduction: boolean;
  /** The input from the cell before the last has twice the edge of the other. */
  readonly afterReduction: boolean;
  /** Channels of the outputs of the cell before the last and of the last. */
  readonly inputs: readonly [number, number];
  /** Channels of every node. */
  readonly channels: number;
  /** Edge in pixels of the last cell's output. */
  readonly edge: number;
}

export interface Skeleton {
  readonly cells: readonly CellPlace[];
  /** Channels and image edge of the last cell's output. */
  readonly channels: number;
  readonly edge: number;
  readonly auxiliary: AuxiliaryPlace;
}

/** Position of the auxiliary classifier. */
export interface AuxiliaryPlace {
  /** The cell that it follows. */
  readonly cell: number;
  readonly channels: number;
  readonly edge: number;
  /** Stride of its average pool of 5x5 pixels. */
  readonly stride: 2 | 3;
}

/**
 * The network around the cells (Liu et al. 2019, DARTS, section 3.1 and appendix A.3): cells at a third and two thirds halve the
 * image and double the channels, and the auxiliary classifier follows the second of them.
 */
export function skeleton(
  { normal, reduction }: CellOutputs,
  { channels, cells, size, imagenet = false }: NetworkSettings,
): Skeleton {
  const places: CellPlace[] = [];
  const outputs: { channels: number; edge: number }[] = [];
  const stem = imagenet ? channels : STEM_MULTIPLIER * channels;
  let inputs: readonly [number, number] = [stem, stem];
  let [width, edge, afterReduction] = [channels, imagenet ? size / 8 : size, imagenet];
  for (let index = 0; index < cells; index++) {
    const reduces = index === Math.floor(cells / 3) || index === Math.floor((2 * cells) / 3);
    if (reduces) width *= 2;
    places.push({ reduction: reduces, afterReduction, inputs, channels: width, edge });
    if (reduces) edge /= 2;
    const output = (reduces ? reduction : normal).concat.length * width;
    outputs.push({ channels: output, edge });
    inputs = [inputs[1], output];
    afterReduction = reduces;
  }
  const cell = Math.floor((2 * cells) / 3);
  return { cells: places, ...outputs[cells - 1], auxiliary: { cell, ...outputs[cell], stride: imagenet ? 2 : 3 } };
}
