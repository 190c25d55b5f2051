import { describe, expect, it } from 'vitest';
import { valueType } from '../../../src/engine/graph/types.js';
import type { Initializer } from '../../../src/engine/graph/variables.js';
import {
  defaultBias,
  defaultWeight,
  fan,
  kaimingNormal,
  kaimingUniform,
  normal,
  ones,
  uniform,
  zeros,
} from '../../../src/engine/nn/initializers.js';
import { Random } from '../../../src/engine/random/random.js';

const shape = [3, 3, 16, 64];
const type = valueType(shape);
const count = 3 * 3 * 16 * 64;
const draw = (initializer: Initializer) => Array.from(initializer(type, new Random(1, 'weights')));
const deviation = (values: readonly number[]) => Math.sqrt(values.reduce((a, b) => a + b * b, 0) / values.length);
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

describe('initialisers', () => {
  it('count the fan in and fan out of convolutions and matrices as PyTorch does', () => {
    expect([fan(type, 'fanIn'), fan(type, 'fanOut')]).toEqual([144, 576]);
    // A depthwise convolution of 64 channels.
    expect([fan(valueType([3, 3, 1, 64]), 'fanIn'), fan(valueType([3, 3, 1, 64]), 'fanOut')]).toEqual([9, 576]);
    expect([fan(valueType([20, 10]), 'fanIn'), fan(valueType([20, 10]), 'fanOut')]).toEqual([20, 10]);
  });

  it.each([
    ['normal', normal(0, 0.02), 0.02],
    ['Kaiming normal, fan in', kaimingNormal(), Math.sqrt(2 / 144)],
    ['Kaiming normal, fan out', kaimingNormal('fanOut'), Math.sqrt(2 / 576)],
    ['Kaiming uniform, fan in', kaimingUniform(), Math.sqrt(2 / 144)],
    ['default', defaultWeight, Math.sqrt(1 / 144 / 3)],
  ])('%s have the expected standard deviation', (_, initializer, wanted) => {
    // The standard error of a standard deviation is at most wanted / sqrt(2 n); six of them are allowed.
    expect(Math.abs(deviation(draw(initializer)) - wanted)).toBeLessThan((6 * wanted) / Math.sqrt(2 * count));
  });

  it('keep uniform numbers within their bounds, and fill them', () => {
    for (const [initializer, bound] of [
      [kaimingUniform(), Math.sqrt(6 / 144)],
      [defaultWeight, 1 / 12],
      [defaultBias(25), 1 / 5],
      [uniform(-3, 3), 3],
    ] as const) {
      expect(largest(draw(initializer))).toBeLessThanOrEqual(bound);
      expect(largest(draw(initializer))).toBeGreaterThan(bound * 0.99);
    }
    expect(Math.min(...draw(uniform(2, 3)))).toBeGreaterThanOrEqual(2);
  });

  it('fill with zeros and ones', () => {
    expect(new Set(draw(zeros))).toEqual(new Set([0]));
    expect(new Set(draw(ones))).toEqual(new Set([1]));
  });

  it('depend only on the seed and the names of set and variable', () => {
    expect(draw(kaimingNormal())).toEqual(draw(kaimingNormal()));
    expect(Array.from(defaultWeight(type, new Random(2, 'weights')))).not.toEqual(draw(defaultWeight));
  });
});
