import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import type { ImageSet, ImageSplit } from '../../../src/nas/data/images/imageSet.js';
import { targetBaseline, targetImages } from '../../../src/nas/transfer/target.js';

/** Two classes that differ in brightness; the third pixel is noise. */
function split(perClass: number, seed: number): ImageSplit {
  const random = new Random(seed, 'test');
  const count = 2 * perClass;
  const labels = Uint16Array.from({ length: count }, (_, i) => i % 2);
  const pixels = new Uint8Array(count * 16 * 3);
  for (let i = 0; i < count; i++)
    for (let p = 0; p < 48; p++) pixels[i * 48 + p] = 60 + 120 * labels[i] + random.integer(40);
  return { count, pixels, labels };
}

const set: ImageSet = {
  name: 'bright or dark',
  height: 4,
  width: 4,
  channels: 3,
  classes: ['dark', 'bright'],
  train: split(50, 1),
  test: split(25, 2),
};
const shape = { imageSize: 8, imageChannels: 1 } as const;

describe('the images of a target', () => {
  it('are limited evenly over classes and converted to the shape of the protocol', () => {
    const images = targetImages(set, { limit: 20, testLimit: 10 }, shape);
    expect(images).toMatchObject({ height: 8, width: 8, channels: 1 });
    expect(images.train.count).toBe(20);
    expect(images.test.count).toBe(10);
    expect(images.train.labels.filter((label) => label === 0)).toHaveLength(10);
    expect(images.test.pixels).toHaveLength(10 * 64);
  });

  it('are all of them without a limit, and the same ones every time', () => {
    expect(targetImages(set, {}, shape).train.count).toBe(100);
    expect(targetImages(set, { limit: 9 }, shape)).toEqual(targetImages(set, { limit: 9 }, shape));
  });

  it('have the share of the largest class as chance, and are separable by a linear classifier', () => {
    expect(targetBaseline(targetImages(set, {}, shape))).toEqual({ chance: 0.5, linear: 1 });
    const large = targetImages(set, { limit: 20 }, { imageSize: 40, imageChannels: 1 });
    expect(targetBaseline(large).linear).toBe(1);
  });
});
