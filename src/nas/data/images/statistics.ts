import type { ImageSplit } from './imageSet.js';

/** Mean and population standard deviation per channel, of pixels scaled to 0..1. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Statistics of every pixel of a split, from exact integer sums. */
export function channelStatistics(split: ImageSplit, channels: number): ChannelStatistics {
  const { pixels } = split;
  const values = pixels.length / channels;
  const mean: number[] = [];
  const std: number[] = [];
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    let squares = 0;
    for (let i = c; i < pixels.length; i += channels) {
      sum += pixels[i];
      squares += pixels[i] * pixels[i];
    }
    const m = sum / values;
    mean.push(m / 255);
    std.push(Math.sqrt(Math.max(0, squares / values - m * m)) / 255);
  }
  return { mean, std };
}

/** Number of images of every class. */
export function classCounts(split: ImageSplit, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of split.labels) counts[label]++;
  return counts;
}
