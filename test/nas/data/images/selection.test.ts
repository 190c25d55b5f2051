import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classQuotas, subset, validationSplit } from '../../../../src/nas/data/images/selection.js';
import { classCounts } from '../../../../src/nas/data/images/statistics.js';
import { imageKeys, syntheticSet } from '../syntheticSets.js';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('class quotas', () => {
  it('share images out in proportion', () => {
    expect(classQuotas([50, 30, 20], 10)).toEqual([5, 3, 2]);
    expect(classQuotas([1, 1, 1], 2)).toEqual([1, 1, 0]);
    expect(classQuotas([98, 1, 1], 10)).toEqual([8, 1, 1]);
  });

  it('add up, do not exceed the class sizes, are near the proportion, and leave no class empty unnecessarily', () => {
    const counts = fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }).filter((n) => sum(n) > 0);
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 300 }), (available, total) => {
        const quotas = classQuotas(available, total);
        const all = sum(available);
        const present = available.filter((n) => n > 0).length;
        expect(sum(quotas)).toBe(Math.min(total, all));
        for (const [c, quota] of quotas.entries()) {
          expect(quota).toBeLessThanOrEqual(available[c]);
          if (available[c] > 0 && total >= present) expect(quota).toBeGreaterThanOrEqual(1);
          // One for rounding; classes that get their one image take it from the others.
          const ideal = Math.min(available[c], (available[c] * total) / all);
          expect(quota).toBeLessThan(ideal + 1 + 1e-9);
        }
      }),
    );
  });
});

describe('subset', () => {
  const { train } = syntheticSet({ train: [40, 20, 10], test: [1, 1, 1] });

  it('samples the limit, class-stratified, without repetition', () => {
    const drawn = subset(train, 14, 3);
    expect(classCounts(drawn, 3)).toEqual([8, 4, 2]);
    expect(new Set(imageKeys(drawn)).size).toBe(14);
    expect(imageKeys(train)).toEqual(expect.arrayContaining(imageKeys(drawn)));
  });

  it('keeps each image with its label', () => {
    const drawn = subset(train, 30, 3);
    const imageBytes = drawn.pixels.length / drawn.count;
    for (const [i, label] of drawn.labels.entries()) expect(drawn.pixels[i * imageBytes + 2]).toBe(label);
  });

  it('is the same for equal seeds and different for other seeds', () => {
    expect(imageKeys(subset(train, 14, 3))).toEqual(imageKeys(subset(train, 14, 3)));
    expect(imageKeys(subset(train, 14, 3))).not.toEqual(imageKeys(subset(train, 14, 4)));
  });

  it('is part of a larger one of the same seed', () => {
    expect(imageKeys(subset(train, 35, 5))).toEqual(expect.arrayContaining(imageKeys(subset(train, 14, 5))));
  });

  it('has all images, shuffled, without a limit or with a large one', () => {
    for (const limit of [undefined, 70, 1000]) {
      const drawn = subset(train, limit, 1);
      expect(imageKeys(drawn).sort()).toEqual(imageKeys(train).sort());
      expect(imageKeys(drawn)).not.toEqual(imageKeys(train));
    }
  });

  it('refuses a limit that is not a positive integer', () => {
    expect(() => subset(train, 0, 1)).toThrow('limit is 0, wanted a positive integer');
    expect(() => subset(train, 2.5, 1)).toThrow('limit is 2.5');
  });
});

describe('validationSplit', () => {
  const { train } = syntheticSet({ train: [40, 20, 10], test: [1, 1, 1] });

  it('divides a split without overlap or loss, every class in proportion', () => {
    const parts = validationSplit(train, 0.2, 1);
    expect(classCounts(parts.validation, 3)).toEqual([8, 4, 2]);
    expect([...imageKeys(parts.train), ...imageKeys(parts.validation)].sort()).toEqual(imageKeys(train).sort());
  });

  it('refuses a fraction that makes one part empty', () => {
    expect(() => validationSplit(train, 0, 1)).toThrow('fraction 0 of 70 images is 0');
    expect(() => validationSplit(train, 1, 1)).toThrow('fraction 1 of 70 images is 70');
  });
});
