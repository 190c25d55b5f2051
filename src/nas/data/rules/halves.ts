import { Random } from '../../../engine/random/random.js';
import { SourceError } from '../images/errors.js';
import type { ImageSplit } from '../images/imageSet.js';
import { classQuotas, drawByClass, indicesByClass, takeImages } from '../images/selection.js';
import type { DrawContext, DrawnSource } from './rule.js';

/** Halves of real images with their labels, and how many of the set's images they are. */
export interface DrawnHalves extends Omit<DrawnSource, 'description'> {
  /** `1,000 of the 60,000 training images of mnist`. */
  readonly share: string;
}

/**
 * Draws training images of the kept classes, class-stratified, and assigns them to the two halves in turn, class after class: equal
 * numbers of each class and in all, up to one. Labels become the positions of the classes in `kept`.
 * Draws: (seed, 'source-images') which images and which half; (seed, 'source-order') the order in a half.
 * @param kept class indices, ascending; all if absent
 * @throws {SourceError} when there are fewer images than classes
 */
export function drawHalves({ set, specification, seed }: DrawContext, kept?: readonly number[]): DrawnHalves {
  const byClass = indicesByClass(set.train, set.classes.length);
  const classes = kept ?? [...byClass.keys()];
  const available = byClass.map((indices, c) => (classes.includes(c) ? indices.length : 0));
  const quotas = classQuotas(available, imagesWanted({ set, specification, seed }, available));
  return halvesOf(
    { set, specification, seed },
    drawByClass(byClass, quotas, new Random(seed, 'source-images')),
    classes,
  );
}

/**
 * Halves of chosen images.
 * @param chosen training image indices by class, in the order in which they are assigned to the halves
 * @param kept class indices, ascending
 */
export function halvesOf(
  { set, seed }: DrawContext,
  chosen: readonly (readonly number[])[],
  kept: readonly number[],
): DrawnHalves {
  const drawn = chosen.flat();
  const order = new Random(seed, 'source-order');
  const relabel = set.classes.map((_, c) => kept.indexOf(c));
  const [trainSplit, validationSplit] = [0, 1].map((turn) =>
    takeImages(set.train, order.shuffle(drawn.filter((_, i) => i % 2 === turn)), relabel),
  );
  return {
    classes: kept.map((c) => set.classes[c]),
    trainSplit,
    validationSplit,
    share: `${grouped(drawn.length)} of the ${grouped(set.train.count)} training images of ${set.name}`,
  };
}

/** Labels uniform over the classes. */
export function randomLabels(count: number, classes: number, random: Random): Uint16Array {
  return Uint16Array.from({ length: count }, () => random.integer(classes));
}

/** The split with random labels of its own. */
export function withRandomLabels(split: ImageSplit, classes: number, random: Random): ImageSplit {
  return { ...split, labels: randomLabels(split.count, classes, random) };
}

/** `60,000`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function imagesWanted({ set, specification }: DrawContext, available: readonly number[]): number {
  const { fraction, limit } = specification;
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
