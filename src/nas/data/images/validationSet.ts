import type { ImageSet } from './imageSet.js';
import { validationSplit } from './selection.js';

/** Suffix of the name of an image set whose training images are divided in halves. */
const SUFFIX = '@validation';

/** The halves do not depend on the seed of a training. */
const SPLIT_SEED = 0;

/** Name of the set behind `SET@validation`; undefined for other names. */
export function validationSetOf(name: string): string | undefined {
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
}

export function validationSetName(set: string): string {
  return `${set}${SUFFIX}`;
}

/**
 * The training images in two class-stratified halves, of which the second replaces the test images, as NAS-Bench-201
 * divides CIFAR-10 for its validation accuracies (2001.00326, section 2.2). The test images are not used.
 */
export function validationSet(set: ImageSet): ImageSet {
  const { train, validation } = validationSplit(set.train, 0.5, SPLIT_SEED);
  return { ...set, train, test: validation };
}
