import type { ImageSet } from '../data/images/imageSet.js';
import { chanceAccuracy, linearClassifierAccuracy } from '../data/images/linear.js';
import { subset } from '../data/images/selection.js';
import { fitImages } from '../data/images/transform.js';
import type { Protocol } from '../records/protocol.js';
import type { BaselineOutcome } from './study.js';
import type { StudyTarget } from './studyParts.js';

/** The images of a target do not depend on the seed of a training: seeds differ only in weights and order. */
const SELECTION_SEED = 0;

/** Ridge regression on more features than this takes minutes; images are then reduced to half the edge. */
const MOST_LINEAR_FEATURES = 1024;

/** The images of a target: class-stratified samples of at most `limit` and `testLimit` images, in the protocol's shape. */
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

/** Baselines on the images that networks get: always predicting the most frequent class, and a linear classifier on the pixels. */
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
