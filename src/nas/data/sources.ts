import type { ImageSet, ImageSplit } from './images/imageSet.js';
import type { DrawContext, SourceSpecification } from './rules/rule.js';
import { findSourceRule } from './rules/rules.js';
import { checkSource, formatSource } from './sourceSpecification.js';

/** The images of a search: two disjoint halves, one for the weights and one for the architecture. */
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

/** What making a source may need besides its images. */
export type SourceContext = Pick<DrawContext, 'engine'>;

/**
 * Makes a search source from the training images of `set` by the specification's rule; it never includes test images. Equal
 * arguments give equal sources.
 * @throws {SourceError} when the specification is wrong or the set cannot meet it
 */
export async function makeSource(
  set: ImageSet,
  specification: SourceSpecification,
  seed: number,
  context: SourceContext = {},
): Promise<Source> {
  checkSource(specification);
  const rule = findSourceRule(specification.rule)!;
  const { classes, trainSplit, validationSplit, description } = await rule.draw({
    ...context,
    set,
    specification,
    seed,
  });
  return {
    name: formatSource(specification),
    height: set.height,
    width: set.width,
    channels: set.channels,
    description,
    classes,
    trainSplit,
    validationSplit,
    images: trainSplit.count + validationSplit.count,
  };
}

/**
 * Images of a source, of the smaller of its halves, and its classes; where the rule reads only labels, without copying pixels.
 * @throws {SourceError} as `makeSource`
 */
export async function sourceCounts(
  set: ImageSet,
  specification: SourceSpecification,
  seed: number,
  context: SourceContext = {},
): Promise<{ images: number; half: number; classes: number }> {
  const labels = findSourceRule(specification.rule)?.readsPixels ? set : withoutPixels(set);
  const { images, trainSplit, validationSplit, classes } = await makeSource(labels, specification, seed, context);
  return { images, half: Math.min(trainSplit.count, validationSplit.count), classes: classes.length };
}

/** The set with one byte for each training image. */
function withoutPixels(set: ImageSet): ImageSet {
  return { ...set, height: 1, width: 1, channels: 1, train: { ...set.train, pixels: new Uint8Array(set.train.count) } };
}
