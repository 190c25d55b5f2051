import { describe, expect, it } from 'vitest';
import { validationSet, validationSetName, validationSetOf } from '../../../../src/nas/data/images/validationSet.js';
import { imageKeys, syntheticSet } from '../syntheticSets.js';

const set = syntheticSet({ train: [10, 6], test: [4, 4] });

describe('the validation form of an image set', () => {
  it('halves the training images of every class and holds no test image', () => {
    const { train, test } = validationSet(set);
    expect(imageKeys(train).concat(imageKeys(test)).sort()).toEqual(imageKeys(set.train).sort());
    for (const half of [train, test]) {
      expect([0, 1].map((label) => half.labels.filter((other) => other === label).length)).toEqual([5, 3]);
    }
    const tested = new Set(imageKeys(set.test));
    expect([...imageKeys(train), ...imageKeys(test)].some((image) => tested.has(image))).toBe(false);
  });

  it('is the same every time and named after its set', () => {
    expect(validationSet(set)).toEqual(validationSet(set));
    expect(validationSetOf(validationSetName('mnist'))).toBe('mnist');
    expect(validationSetOf('mnist')).toBeUndefined();
  });
});
