import { describe, expect, it } from 'vitest';
import { philox4x32, purposeKey } from '../../../src/engine/random/philox.js';
import { Random } from '../../../src/engine/random/random.js';

describe('Random', () => {
  it('gives the words of Philox with counters from 0 and the key of its seed and purpose', () => {
    const random = new Random(7, 'order');
    const key = [7, purposeKey('order')] as const;
    const wanted = [0, 1].flatMap((counter) => philox4x32([counter, 0, 0, 0], key));
    expect(Array.from({ length: 8 }, () => random.uint32())).toEqual(wanted);
  });

  it('continues from a saved position', () => {
    const random = new Random(7, 'order');
    for (let i = 0; i < 5; i++) random.uint32();
    const { position } = random;
    const after = [random.uniform(), random.normal(), random.integer(10)];
    const again = new Random(7, 'order');
    again.position = position;
    expect([again.uniform(), again.normal(), again.integer(10)]).toEqual(after);
  });

  it('gives integers below a limit evenly', () => {
    const random = new Random(1, 'integers');
    const counts = new Array(7).fill(0);
    for (let i = 0; i < 7000; i++) counts[random.integer(7)]++;
    // Chi-squared with 6 degrees of freedom is above 37 once in 500,000 times.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(37);
  });

  it('gives integers up to 2^32 and refuses limits beyond', () => {
    expect(new Random(1, 'x').integer(2 ** 32)).toBe(new Random(1, 'x').uint32());
    for (const limit of [0, -1, 1.5, 2 ** 32 + 1]) expect(() => new Random(1, 'x').integer(limit)).toThrow(RangeError);
  });

  it('shuffles into permutations, each as often', () => {
    const random = new Random(2, 'shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle([0, 1, 2]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // Five degrees of freedom: above 35 once in 500,000 times.
    expect(chiSquared).toBeLessThan(35);
  });

  it('gives normal numbers of mean 0 and variance 1', () => {
    const random = new Random(3, 'normal');
    const values = Array.from({ length: 10_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + b * b, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(6 / 100);
    expect(Math.abs(variance - 1)).toBeLessThan(6 * Math.sqrt(2 / 10_000));
  });
});
