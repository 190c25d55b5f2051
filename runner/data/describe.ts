import {
  type ChannelStatistics,
  channelStatistics,
  classCounts,
  type ImageSet,
  type ImageSplit,
} from '../../src/nas/data/index.js';

export interface SplitDescription extends ChannelStatistics {
  readonly images: number;
  /** Images of every class, in the order of `classes`. */
  readonly classCounts: readonly number[];
}

/** An image set in numbers, as `data info` shows it. Mean and std per channel, of pixels scaled to 0..1. */
export interface ImageSetDescription {
  readonly name: string;
  readonly origin?: string;
  readonly licence?: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classes: readonly string[];
  readonly train: SplitDescription;
  readonly test: SplitDescription;
}

export function describeImageSet(set: ImageSet): ImageSetDescription {
  const describe = (split: ImageSplit): SplitDescription => ({
    images: split.count,
    classCounts: classCounts(split, set.classes.length),
    ...channelStatistics(split, set.channels),
  });
  const { name, origin, licence, height, width, channels, classes } = set;
  const facts = { name, origin, licence, height, width, channels, classes };
  return { ...facts, train: describe(set.train), test: describe(set.test) };
}
