import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitsBeyondChance } from '../../../src/nas/math/binomial.js';

/** Whether so many hits or more of `count` have a probability below 5 % with chance `part` / `whole`: in integers, exactly. */
function rare(hits: number, count: number, part: number, whole: number): boolean {
  const [p, q] = [BigInt(part), BigInt(whole - part)];
  let ways = 1n;
  let tail = 0n;
  for (let k = 0; k <= count; k++) {
    if (k >= hits) tail += ways * p ** BigInt(k) * q ** BigInt(count - k);
    ways = (ways * BigInt(count - k)) / BigInt(k + 1);
  }
  return tail * 20n <= BigInt(whole) ** BigInt(count);
}

describe('the number of hits that guessing does not reach', () => {
  it.each([
    // One-sided critical values of the sign test at 5 %, from published tables.
    [10, 0.5, 9],
    [20, 0.5, 15],
    [50, 0.5, 32],
    [100, 0.5, 59],
  ])('of %i at chance %f are %i', (count, chance, hits) => {
    expect(hitsBeyondChance(count, chance)).toBe(hits);
  });

  it('is the smallest whose probability is at most 5 %, computed in integers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 19 }), (count, part) => {
        const hits = hitsBeyondChance(count, part / 20);
        // One more than the number of images: not even all correct is significant.
        if (hits <= count) expect(rare(hits, count, part, 20)).toBe(true);
        expect(rare(hits - 1, count, part, 20)).toBe(false);
      }),
    );
  });

  it('is computed for sets whose rarest outcome underflows', () => {
    const hits = hitsBeyondChance(50_000, 0.001);
    // Mean 50, standard deviation 7.1: the normal approximation has 62.
    expect(hits).toBeGreaterThan(59);
    expect(hits).toBeLessThan(66);
  });

  it('exceeds the number of images if guessing is always right, and is one if it never is', () => {
    expect(hitsBeyondChance(10, 1)).toBe(11);
    expect(hitsBeyondChance(10, 0)).toBe(1);
    expect(hitsBeyondChance(2, 0.5)).toBe(3);
  });
});
