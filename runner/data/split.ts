import { createHash } from 'node:crypto';
import { Random } from '../../src/engine/random/index.js';
import { type ImageSplit, indicesByClass, takeImages } from '../../src/nas/data/index.js';

/** Share of every class that becomes test images, where a set comes without a split of its own. */
const TEST_SHARE = 0.2;

/** Fixed: the split belongs to the set, not to a run. */
const SPLIT_SEED = 0;

/**
 * Splits images into training and test images, class by class: a fifth of every class, at least one image, becomes
 * test images; the order within each part is kept. Images with equal pixels go to the same part, so that no test image is seen in training.
 * `purpose` names the random stream (seed 0).
 */
export function trainTestSplit(
  images: ImageSplit,
  classes: number,
  purpose: string,
): { train: ImageSplit; test: ImageSplit } {
  const random = new Random(SPLIT_SEED, purpose);
  const imageBytes = images.pixels.length / images.count;
  const keyOf = (i: number): string =>
    createHash('sha256')
      .update(images.pixels.subarray(i * imageBytes, (i + 1) * imageBytes))
      .digest('base64');
  const side = new Map<string, boolean>();
  const isTest = new Array<boolean>(images.count);
  for (const indices of indicesByClass(images, classes)) {
    const wanted = Math.max(1, Math.round(indices.length * TEST_SHARE));
    const groups = new Map<string, number[]>();
    for (const i of indices) {
      const key = keyOf(i);
      const group = groups.get(key);
      if (group) group.push(i);
      else groups.set(key, [i]);
    }
    const keys = [...groups.keys()];
    let test = 0;
    // Images that another class has already assigned count first.
    for (const key of keys) if (side.get(key)) test += groups.get(key)!.length;
    for (const key of random.shuffle(keys).sort((a, b) => groups.get(a)!.length - groups.get(b)!.length)) {
      const group = groups.get(key)!;
      if (!side.has(key)) {
        side.set(key, test + group.length <= wanted || (test === 0 && keys.length > 1));
        if (side.get(key)) test += group.length;
      }
      for (const i of group) isTest[i] = side.get(key)!;
    }
  }
  const all = Array.from({ length: images.count }, (_, i) => i);
  return {
    train: takeImages(
      images,
      all.filter((i) => !isTest[i]),
    ),
    test: takeImages(
      images,
      all.filter((i) => isTest[i]),
    ),
  };
}
