import type { Protocol } from '../../records/protocol.js';

/** Sizes of an architecture's network. */
export interface NetworkSettings {
  /** Channels of the first stage. */
  readonly channels: number;
  /** Cells per stage, or all cells, as the space counts them (`SpaceSizes.cells`). */
  readonly cells: number;
  readonly classes: number;
  /** Image edge in pixels; a multiple of 4 where the network halves it twice. */
  readonly size: number;
  readonly imageChannels: number;
  /** The network for ImageNet: three stems of stride 2 before the cells; `size` a multiple of 32. Only where `SpaceSizes.imagenet` is. */
  readonly imagenet?: boolean;
  /** With an auxiliary classifier, which acts in training only. Only in spaces with `regularized` networks. */
  readonly auxiliary?: boolean;
}

/** The settings of a network that a protocol decides. */
export function networkSettings(protocol: Protocol, classes: number): NetworkSettings {
  const { channels, cells, imageSize: size, imageChannels, auxiliaryWeight } = protocol;
  return { channels, cells, classes, size, imageChannels, auxiliary: auxiliaryWeight > 0 };
}
