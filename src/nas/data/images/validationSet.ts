import type { ImageSet } from './imageSet.js';
import { validationSplit } from './selection.js';

/** Ends the name of an image set whose training images are halved. */
const SUFFIX = '@validation';

/** The halves are the same whatever seed a training has. */
const SPLIT_SEED = 0;

/** Name of the set behind `SET@validation`; undefined for other names. */
export function validationSetOf(name: string): string | undefined {
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
}

export function validationSetName(set: string): string {
  return `${set}${SUFFIX}`;
}

/**
 * The training images in two class-stratified halves, of which the second stands for the test images, as NAS-Bench-201
 * parts CIFAR-10 for its validation accuracies (2001.00326, section 2.2). The test images are not in it.
 */
export function validationSet(set: ImageSet): ImageSet {
  const { train, validation } = validationSplit(set.train, 0.5, SPLIT_SEED);
  return { ...set, train, test: validation };
}
