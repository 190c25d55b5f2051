import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/nas/data/images/errors.js';
import { channelStatistics, classCounts } from '../../../src/nas/data/images/statistics.js';
import type { SourceSpecification } from '../../../src/nas/data/rules/rule.js';
import { makeSource, type Source, sourceCounts } from '../../../src/nas/data/sources.js';
import { imageKeys, syntheticSet } from './syntheticSets.js';

const set = syntheticSet({ train: [61, 40, 33, 20, 11, 8], test: [9, 8, 7, 6, 5, 4] });
const trainKeys = imageKeys(set.train);
const testKeys = new Set(imageKeys(set.test));
const specification = (fields: Partial<SourceSpecification> & { rule: string }): SourceSpecification => ({
  set: set.name,
  ...fields,
});

const whole = specification({ rule: 'whole' });
const drawing: SourceSpecification[] = [
  whole,
  specification({ rule: 'whole', limit: 50 }),
  specification({ rule: 'images', fraction: 0.3 }),
  specification({ rule: 'images', limit: 31 }),
  specification({ rule: 'classes', classes: 3 }),
  specification({ rule: 'classes', classes: 2, limit: 20 }),
  specification({ rule: 'random-labels' }),
  specification({ rule: 'random-labels', limit: 77 }),
];

const keysOf = (source: Source): string[] => [...imageKeys(source.trainSplit), ...imageKeys(source.validationSplit)];

/** The label an image was made with. */
const trueLabels = (source: Source): number[] => keysOf(source).map((key) => key.charCodeAt(2));

describe('every source of real images', () => {
  it.each(drawing)('%o has two disjoint splits of equal size, of training images only', async (wanted) => {
    const source = await makeSource(set, wanted, 7);
    const keys = keysOf(source);
    expect(source.images).toBe(source.trainSplit.count + source.validationSplit.count);
    expect(Math.abs(source.trainSplit.count - source.validationSplit.count)).toBeLessThanOrEqual(1);
    expect(new Set(keys).size).toBe(source.images);
    for (const key of keys) expect(trainKeys).toContain(key);
    expect(keys.some((key) => testKeys.has(key))).toBe(false);
    const byClass = (half: 'trainSplit' | 'validationSplit'): number[] => {
      const counts = new Array<number>(6).fill(0);
      for (const key of imageKeys(source[half])) counts[key.charCodeAt(2)]++;
      return counts;
    };
    const validation = byClass('validationSplit');
    for (const [c, n] of byClass('trainSplit').entries()) expect(Math.abs(n - validation[c])).toBeLessThanOrEqual(1);
  });

  it.each(drawing)('%o is the same for equal seeds and different for other seeds', async (wanted) => {
    const [a, b, c] = await Promise.all([7, 7, 8].map((seed) => makeSource(set, wanted, seed)));
    expect(b).toEqual(a);
    expect(c.trainSplit).not.toEqual(a.trainSplit);
  });

  it('keeps balance for any class sizes and limits', async () => {
    const counts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(counts, fc.nat(60), fc.nat(1000), async (train, extra, seed) => {
        const any = syntheticSet({ train, test: train.map(() => 1) });
        const limit = train.length + extra;
        const source = await makeSource(any, { set: 'any', rule: 'whole', limit }, seed);
        expect(source.images).toBe(Math.min(limit, any.train.count));
        const weights = classCounts(source.trainSplit, train.length);
        const alphas = classCounts(source.validationSplit, train.length);
        for (const [c, n] of weights.entries()) expect(Math.abs(n - alphas[c])).toBeLessThanOrEqual(1);
        expect(Math.abs(source.trainSplit.count - source.validationSplit.count)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the rules', () => {
  it('whole has every training image, or the limit sampled in proportion', async () => {
    const source = await makeSource(set, whole, 1);
    expect(keysOf(source).sort()).toEqual([...trainKeys].sort());
    expect(source).toMatchObject({ name: 'synthetic', classes: set.classes, height: 4, width: 4, channels: 1 });
    expect(source.description).toBe('173 of the 173 training images of synthetic, all 6 classes');
    expect((await makeSource(set, specification({ rule: 'whole', limit: 50 }), 1)).images).toBe(50);
  });

  it('images keeps every class with the same fraction', async () => {
    const source = await makeSource(set, specification({ rule: 'images', fraction: 0.25 }), 1);
    const counts = new Array<number>(6).fill(0);
    for (const label of trueLabels(source)) counts[label]++;
    for (const [c, n] of [61, 40, 33, 20, 11, 8].entries()) expect(Math.abs(counts[c] - n / 4)).toBeLessThan(1);
    expect(source.name).toBe('synthetic:images=0.25');
    expect(trueLabels(source)).toEqual([...source.trainSplit.labels, ...source.validationSplit.labels]);
  });

  it('classes keeps all images of the classes it samples and renumbers these', async () => {
    const source = await makeSource(set, specification({ rule: 'classes', classes: 3 }), 1);
    expect(source.classes.length).toBe(3);
    const original = source.classes.map((name) => set.classes.indexOf(name));
    const sizes = classCounts(set.train, 6);
    expect(source.images).toBe(original.reduce((sum, c) => sum + sizes[c], 0));
    const labels = [...source.trainSplit.labels, ...source.validationSplit.labels];
    expect(labels.map((label) => original[label])).toEqual(trueLabels(source));
  });

  it('classes samples other classes with other seeds', async () => {
    const drawn = await Promise.all(
      Array.from({ length: 12 }, (_, seed) => makeSource(set, specification({ rule: 'classes', classes: 2 }), seed)),
    );
    expect(new Set(drawn.map((source) => source.classes.join())).size).toBeGreaterThan(3);
  });

  it('random-labels has the images of whole, with labels that carry no information', async () => {
    const large = syntheticSet({ train: [500, 500, 500], test: [1, 1, 1] });
    const source = await makeSource(large, { set: 's', rule: 'random-labels' }, 5);
    expect(keysOf(source)).toEqual(keysOf(await makeSource(large, { set: 's', rule: 'whole' }, 5)));
    for (const half of [source.trainSplit, source.validationSplit]) {
      // Chi-square of independence of true and given label, 4 degrees of freedom: 23.5 is exceeded once in 10,000.
      const table = new Array<number>(9).fill(0);
      for (const [i, key] of imageKeys(half).entries()) table[key.charCodeAt(2) * 3 + half.labels[i]]++;
      const expected = half.count / 9;
      expect(table.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(23.5);
    }
    // Sampled separately: the two splits do not repeat one sequence.
    expect([...source.trainSplit.labels]).not.toEqual([...source.validationSplit.labels]);
  });

  it('noise is as large as the set, close to N(0, 1) once normalised, and labels uniform', async () => {
    const large = syntheticSet({ train: [300, 100], test: [1, 1], edge: 8, channels: 3 });
    const source = await makeSource(large, { set: 's', rule: 'noise' }, 5);
    expect(source).toMatchObject({ images: 400, height: 8, width: 8, channels: 3, name: 's:noise' });
    expect(source.trainSplit.count).toBe(200);
    const { pixels } = source.trainSplit;
    const { mean, std } = channelStatistics(source.trainSplit, 3);
    const z = Float64Array.from(pixels, (p, i) => (p / 255 - mean[i % 3]) / std[i % 3]);
    const moment = (k: number): number => z.reduce((sum, value) => sum + value ** k, 0) / z.length;
    // 38,400 values: the standard errors of skewness and kurtosis are 0.0125 and 0.025.
    expect(Math.abs(moment(3))).toBeLessThan(0.06);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.12);
    const within = z.filter((value) => Math.abs(value) < 1).length / z.length;
    expect(within).toBeGreaterThan(0.66);
    expect(within).toBeLessThan(0.7);
    expect(classCounts(source.trainSplit, 2)[0]).toBeGreaterThan(70);
    expect(classCounts(source.trainSplit, 2)[0]).toBeLessThan(130);
    expect(imageKeys(source.trainSplit)).not.toEqual(imageKeys(source.validationSplit));
    expect(await makeSource(large, { set: 's', rule: 'noise', limit: 11 }, 5)).toMatchObject({ images: 11 });
    expect(await makeSource(large, { set: 's', rule: 'noise' }, 5)).toEqual(source);
  });

  it.each([
    [specification({ rule: 'whole', limit: 5 }), '5 images for 6 classes, wanted at least one image a class'],
    [specification({ rule: 'images', fraction: 0.01 }), '2 images for 6 classes'],
    [specification({ rule: 'classes', classes: 7 }), 'classes is 7, wanted at most 6'],
    [specification({ rule: 'images' }), 'fraction is missing'],
  ])('%o is refused', async (wanted, message) => {
    await expect(makeSource(set, wanted, 1)).rejects.toThrow(SourceError);
    await expect(makeSource(set, wanted, 1)).rejects.toThrow(message);
  });
});

describe('the counts of a source', () => {
  it.each([...drawing, specification({ rule: 'noise' }), specification({ rule: 'noise', limit: 9 })])(
    '%o are those of the source, without its pixels',
    async (wanted) => {
      const { images, trainSplit, validationSplit, classes } = await makeSource(set, wanted, 7);
      const half = Math.min(trainSplit.count, validationSplit.count);
      expect(await sourceCounts(set, wanted, 7)).toEqual({ images, half, classes: classes.length });
    },
  );

  it('are refused if the source is', async () => {
    await expect(sourceCounts(set, specification({ rule: 'classes', classes: 7 }), 0)).rejects.toThrow(SourceError);
  });
});
