import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import { kendallTauB } from '../../../src/nas/math/kendall.js';

/** The definition, pair by pair. */
function byPairs(x: readonly number[], y: readonly number[]): number {
  let [score, untiedX, untiedY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const [signX, signY] = [Math.sign(x[i] - x[j]), Math.sign(y[i] - y[j])];
      score += signX * signY;
      untiedX += Math.abs(signX);
      untiedY += Math.abs(signY);
    }
  return score / Math.sqrt(untiedX * untiedY);
}

describe('Kendall tau-b by sorting', () => {
  it.each([2, 3, 5, 40])('equals counting pairs, to the bit, with %i distinct values', (values) => {
    const random = new Random(values, 'test');
    for (let count = 12; count < 60; count++) {
      const draw = () => Array.from({ length: count }, () => random.integer(values));
      const [x, y] = [draw(), draw()];
      expect(kendallTauB(x, y)).toBe(byPairs(x, y));
    }
  });
});
