import type { ImageSet } from '../data/images/imageSet.js';
import { chanceAccuracy, linearClassifierAccuracy } from '../data/images/linear.js';
import { subset } from '../data/images/selection.js';
import { fitImages } from '../data/images/transform.js';
import type { Protocol } from '../records/protocol.js';
import type { BaselineOutcome } from './study.js';
import type { StudyTarget } from './studyParts.js';

/** Targets keep their images whatever the seed of a training, so that seeds differ in weights and order alone. */
const SELECTION_SEED = 0;

/** Ridge regression on more pixels than this takes minutes; it then sees images of half the edge. */
const MOST_LINEAR_FEATURES = 1024;

/** The images of a target: at most `limit` and `testLimit` of them, balanced over classes, in the protocol's shape. */
export function targetImages(
  set: ImageSet,
  { limit, testLimit }: Pick<StudyTarget, 'limit' | 'testLimit'>,
  { imageSize, imageChannels }: Pick<Protocol, 'imageSize' | 'imageChannels'>,
): ImageSet {
  const selected = {
    ...set,
    train: subset(set.train, limit, SELECTION_SEED),
    test: subset(set.test, testLimit, SELECTION_SEED),
  };
  return fitImages(selected, { size: imageSize, channels: imageChannels });
}

/** Always guessing the largest class, and a linear classifier on the pixels, on the images that networks get. */
export function targetBaseline(images: ImageSet): BaselineOutcome {
  const { height, width, channels, classes } = images;
  const size = height * width * channels > MOST_LINEAR_FEATURES ? Math.floor(height / 2) : height;
  return {
    chance: chanceAccuracy(images.test, classes.length),
    linear: linearClassifierAccuracy(
      images.train,
      images.test,
      { height, width, channels, classes: classes.length },
      { size },
    ),
  };
}
