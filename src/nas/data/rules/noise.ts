import { Random } from '../../../engine/random/random.js';
import type { ImageSet, ImageSplit } from '../images/imageSet.js';
import { grouped, randomLabels } from './halves.js';
import type { SourceRule } from './rule.js';

/**
 * Standard deviation of noise pixels about mid-grey, in byte steps. Four standard deviations fit into a byte, so clipping touches 1
 * pixel in 15,000, and after subtracting the mean and dividing by the standard deviation pixels are close to N(0, 1).
 */
const DEVIATION = 32;

/**
 * After UnrealNAS (2205.02162). Draws: (seed, 'source-noise-weights' and 'source-noise-alphas') pixels, (seed,
 * 'source-labels-weights' and 'source-labels-alphas') labels.
 */
export const noise: SourceRule = {
  name: 'noise',
  form: 'SET:noise',
  description: 'As many images of Gaussian noise, with labels uniform over the classes.',
  draw({ set, specification: { limit }, seed }) {
    const images = Math.min(limit ?? set.train.count, set.train.count);
    const half = (part: string, count: number) =>
      noiseImages(set, count, new Random(seed, `source-noise-${part}`), new Random(seed, `source-labels-${part}`));
    return {
      classes: set.classes,
      trainSplit: half('weights', Math.ceil(images / 2)),
      validationSplit: half('alphas', Math.floor(images / 2)),
      description: `${grouped(images)} images of Gaussian noise, shaped like ${set.name}, labels at random over ${set.classes.length} classes`,
    };
  },
};

function noiseImages(set: ImageSet, count: number, pixelRandom: Random, labelRandom: Random): ImageSplit {
  const pixels = new Uint8Array(count * set.height * set.width * set.channels);
  for (let i = 0; i < pixels.length; i++) {
    const value = Math.round(127.5 + DEVIATION * pixelRandom.normal());
    pixels[i] = Math.min(255, Math.max(0, value));
  }
  return { count, pixels, labels: randomLabels(count, set.classes.length, labelRandom) };
}
