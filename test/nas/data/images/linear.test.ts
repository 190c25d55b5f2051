import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import type { ImageSplit } from '../../../../src/nas/data/images/imageSet.js';
import { chanceAccuracy, linearClassifierAccuracy } from '../../../../src/nas/data/images/linear.js';

/** Images of noise, with `label` computing the class from the pixels. */
function images(count: number, pixels: number, seed: number, label: (image: Uint8Array) => number): ImageSplit {
  const random = new Random(seed, 'images');
  const bytes = Uint8Array.from({ length: count * pixels }, () => random.integer(256));
  const labels = Uint16Array.from({ length: count }, (_, i) => label(bytes.subarray(i * pixels, (i + 1) * pixels)));
  return { count, pixels: bytes, labels };
}

const shape = { height: 2, width: 3, channels: 1, classes: 2 };

describe('the linear classifier', () => {
  it('finds a linear rule, with a bias', () => {
    const rule = (image: Uint8Array): number => (image[0] + image[3] - image[5] > 180 ? 1 : 0);
    const accuracy = linearClassifierAccuracy(images(2000, 6, 1, rule), images(500, 6, 2, rule), shape, {
      lambda: 1e-6,
    });
    expect(accuracy).toBeGreaterThan(0.93);
  });

  it('cannot learn a rule that is not linear', () => {
    const rule = (image: Uint8Array): number => (image[0] > 127 !== image[1] > 127 ? 1 : 0);
    const accuracy = linearClassifierAccuracy(images(2000, 6, 1, rule), images(1000, 6, 2, rule), shape);
    expect(accuracy).toBeGreaterThan(0.42);
    expect(accuracy).toBeLessThan(0.58);
  });

  it('predicts the largest training class if all pixels are equal', () => {
    const grey = (labels: number[]): ImageSplit => ({
      count: labels.length,
      pixels: new Uint8Array(labels.length * 6).fill(99),
      labels: Uint16Array.from(labels),
    });
    expect(linearClassifierAccuracy(grey([1, 1, 0]), grey([0, 1, 1, 1]), shape)).toBe(0.75);
  });

  it('sees the images at the requested size', () => {
    // The rule is the sign of a difference within each 2x2 block, which averaging removes.
    const rule = (image: Uint8Array): number => (image[0] > image[1] ? 1 : 0);
    const square = { height: 2, width: 2, channels: 1, classes: 2 };
    const [train, test] = [images(1000, 4, 1, rule), images(1000, 4, 2, rule)];
    expect(linearClassifierAccuracy(train, test, square)).toBeGreaterThan(0.95);
    expect(linearClassifierAccuracy(train, test, square, { size: 1 })).toBeLessThan(0.6);
  });
});

describe('chance', () => {
  it('is the share of the largest test class', () => {
    const test = { count: 5, pixels: new Uint8Array(5), labels: Uint16Array.from([0, 2, 2, 1, 2]) };
    expect(chanceAccuracy(test, 4)).toBe(0.6);
  });
});
