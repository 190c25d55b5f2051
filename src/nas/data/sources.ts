import { Random } from '../../engine/random/random.js';
import { SourceError } from './errors.js';
import type { ImageSet, ImageSplit } from './imageSet.js';
import { classQuotas, drawByClass, indicesByClass, takeImages } from './selection.js';
import { checkSource, formatSource, type SourceSpecification } from './sourceSpecification.js';

/** What a search runs on: two halves without common images, one for the weights and one for the architecture. */
export interface Source {
  /** `formatSource` of its specification. */
  readonly name: string;
  readonly description: string;
  readonly classes: readonly string[];
  readonly trainSplit: ImageSplit;
  readonly validationSplit: ImageSplit;
  /** Images of both halves together. */
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Spread of noise pixels about mid-grey, in byte steps. Four standard deviations fit into a byte, so clipping touches 1 pixel in
 * 15,000, and after subtracting the mean and dividing by the standard deviation pixels are close to N(0, 1).
 */
const NOISE_DEVIATION = 32;

/**
 * Makes a search source of the training images of `set`; a test image is never in it.
 *
 * - `whole`: all training images.
 * - `images`: every class stays, with the same `fraction` of its images.
 * - `classes`: `classes` classes are drawn and keep all their images; their labels become 0..classes-1. With a `limit` the image
 *   count is the same as that of other sources with that limit (fewer classes rather than fewer images of each).
 * - `random-labels`: the images of `whole`, labels uniform over the classes, fixed per image and drawn independently for the two
 *   halves (after UnrealNAS, 2205.02162).
 * - `noise`: as many images of Gaussian noise, labels uniform (UnrealNAS).
 *
 * Images are dealt to the two halves in turn, class after class: equal numbers a class and in all, up to one. Draws:
 * (seed, 'source-classes') which classes, (seed, 'source-images') which images and which half, (seed, 'source-order') the order in
 * a half, (seed, 'source-labels-weights' and '-alphas') labels, (seed, 'source-noise-weights' and '-alphas') noise pixels.
 * Errors: `SourceError`.
 */
export function makeSource(set: ImageSet, specification: SourceSpecification, seed: number): Source {
  checkSource(specification);
  const { rule, limit } = specification;
  const common = { name: formatSource(specification), height: set.height, width: set.width, channels: set.channels };
  const build = (
    classes: readonly string[],
    trainSplit: ImageSplit,
    validationSplit: ImageSplit,
    description: string,
  ): Source => ({
    ...common,
    description,
    classes,
    trainSplit,
    validationSplit,
    images: trainSplit.count + validationSplit.count,
  });

  if (rule === 'noise') {
    const images = Math.min(limit ?? set.train.count, set.train.count);
    const half = (part: string, count: number): ImageSplit =>
      noiseImages(set, count, new Random(seed, `source-noise-${part}`), new Random(seed, `source-labels-${part}`));
    const description = `${number(images)} images of Gaussian noise, shaped like ${set.name}, labels at random over ${set.classes.length} classes`;
    return build(
      set.classes,
      half('weights', Math.ceil(images / 2)),
      half('alphas', Math.floor(images / 2)),
      description,
    );
  }

  const byClass = indicesByClass(set.train, set.classes.length);
  const kept = rule === 'classes' ? drawClasses(set, byClass, specification.classes!, seed) : [...byClass.keys()];
  const available = byClass.map((indices, c) => (kept.includes(c) ? indices.length : 0));
  const wanted = imagesWanted(set, specification, available);
  const drawn = drawByClass(byClass, classQuotas(available, wanted), new Random(seed, 'source-images')).flat();
  const order = new Random(seed, 'source-order');
  const relabel = byClass.map((_, c) => kept.indexOf(c));
  const [weights, alphas] = [0, 1].map((turn) =>
    takeImages(set.train, order.shuffle(drawn.filter((_, i) => i % 2 === turn)), relabel),
  );
  const classes = kept.map((c) => set.classes[c]);
  const share = `${number(drawn.length)} of the ${number(set.train.count)} training images of ${set.name}`;
  if (rule === 'random-labels') {
    const shuffled = (part: string, split: ImageSplit): ImageSplit => ({
      ...split,
      labels: randomLabels(split.count, classes.length, new Random(seed, `source-labels-${part}`)),
    });
    const description = `${share}, labels at random over ${classes.length} classes`;
    return build(classes, shuffled('weights', weights), shuffled('alphas', alphas), description);
  }
  const which =
    rule === 'classes' ? `${classes.length} of ${set.classes.length} classes` : `all ${classes.length} classes`;
  return build(classes, weights, alphas, `${share}, ${which}`);
}

/** Images of a source and of the smaller of its halves, and its classes, without its pixels. Errors: `SourceError`. */
export function sourceCounts(
  set: ImageSet,
  specification: SourceSpecification,
  seed: number,
): { images: number; half: number; classes: number } {
  // A byte an image: what is drawn depends on the labels alone.
  const train = { ...set.train, pixels: new Uint8Array(set.train.count) };
  const { images, trainSplit, validationSplit, classes } = makeSource(
    { ...set, height: 1, width: 1, channels: 1, train },
    specification,
    seed,
  );
  return { images, half: Math.min(trainSplit.count, validationSplit.count), classes: classes.length };
}

function drawClasses(set: ImageSet, byClass: readonly number[][], count: number, seed: number): number[] {
  // Each half needs an image of every class.
  const candidates = [...byClass.keys()].filter((c) => byClass[c].length >= 2);
  if (count > candidates.length) {
    throw new SourceError(
      `source of '${set.name}': classes is ${count}, wanted at most ${candidates.length}, the classes with two training images or more`,
    );
  }
  return new Random(seed, 'source-classes')
    .shuffle(candidates)
    .slice(0, count)
    .sort((a, b) => a - b);
}

function imagesWanted(set: ImageSet, { fraction, limit }: SourceSpecification, available: readonly number[]): number {
  const total = available.reduce((a, b) => a + b, 0);
  const classes = available.filter((n) => n > 0).length;
  const wanted = Math.min(Math.round((fraction ?? 1) * total), limit ?? total);
  if (wanted < classes) {
    throw new SourceError(
      `source of '${set.name}': ${wanted} images for ${classes} classes, wanted at least one image a class; use a larger ` +
        `${limit === wanted ? 'limit' : 'fraction'} or the rule 'classes'`,
    );
  }
  return wanted;
}

function randomLabels(count: number, classes: number, random: Random): Uint16Array {
  return Uint16Array.from({ length: count }, () => random.integer(classes));
}

function noiseImages(set: ImageSet, count: number, pixelRandom: Random, labelRandom: Random): ImageSplit {
  const pixels = new Uint8Array(count * set.height * set.width * set.channels);
  for (let i = 0; i < pixels.length; i++) {
    const value = Math.round(127.5 + NOISE_DEVIATION * pixelRandom.normal());
    pixels[i] = Math.min(255, Math.max(0, value));
  }
  return { count, pixels, labels: randomLabels(count, set.classes.length, labelRandom) };
}

const number = (value: number): string => value.toLocaleString('en-US');
