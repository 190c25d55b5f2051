import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import {
  acquisitionScores,
  expectedImprovement,
  normalDensity,
  normalDistribution,
  probabilityOfImprovement,
} from '../../../../src/nas/methods/sampling/acquisition.js';
import { candidatesOf } from '../../../../src/nas/methods/sampling/candidates.js';
import { drawFromTop, topOfRound, weaknas } from '../../../../src/nas/methods/sampling/weaknas.js';
import type { Space } from '../../../../src/nas/spaces/shared/space.js';
import { searchPlanted } from '../planted.js';
import { problemWith, space } from '../problems.js';

/** Integral of f(x) times the normal density about `mean`, by the midpoint rule. */
function expectation(f: (x: number) => number, mean: number, deviation: number): number {
  const step = 16 / 20_000;
  let sum = 0;
  for (let z = -8 + step / 2; z < 8; z += step) sum += f(mean + deviation * z) * normalDensity(z) * step;
  return sum;
}

describe('acquisition functions', () => {
  const cases = [
    [0.3, 0.5, 0.2],
    [-1, 0.7, 0.4],
    [2, 0.1, 1.9],
    [0, 1, 3],
  ] as const;

  it.each(cases)('expected improvement of N(%d, %d) over %d is its integral', (mean, deviation, best) => {
    const integral = expectation((x) => Math.max(0, x - best), mean, deviation);
    expect(expectedImprovement(mean, deviation, best)).toBeCloseTo(integral, 5);
  });

  it.each(cases)('probability of improvement of N(%d, %d) over %d is its integral', (mean, deviation, best) => {
    const integral = expectation((x) => (x > best ? 1 : 0), mean, deviation);
    expect(Math.abs(probabilityOfImprovement(mean, deviation, best) - integral)).toBeLessThan(1e-3);
  });

  it('without a standard deviation only the mean counts', () => {
    expect([expectedImprovement(2, 0, 1.5), expectedImprovement(1, 0, 1.5)]).toEqual([0.5, 0]);
    expect([probabilityOfImprovement(2, 0, 1.5), probabilityOfImprovement(1, 0, 1.5)]).toEqual([1, 0]);
    expect(normalDistribution(0)).toBeCloseTo(0.5, 7);
  });

  it('the upper bound adds half a standard deviation; independent Thompson samples have the mean and standard deviation of the prediction', () => {
    const input = { mean: new Float64Array(20_000).fill(3), deviation: new Float64Array(20_000).fill(2), best: 0 };
    expect(acquisitionScores('ucb', input, new Random(0, 'test'))[0]).toBe(4);
    const drawn = acquisitionScores('its', input, new Random(0, 'test'));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(2, 1);
  });
});

describe('the sample of a round', () => {
  const ranked = Array.from({ length: 50 }, (_, i) => 49 - i);

  it('is uniform over the top candidates that were not evaluated', () => {
    const evaluated = new Set([49, 47]);
    const counts = new Map<number, number>();
    const random = new Random(3, 'test');
    const rounds = 4000;
    for (let i = 0; i < rounds; i++)
      for (const drawn of drawFromTop(ranked, evaluated, 12, 4, random))
        counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => b - a)).toEqual([48, 46, 45, 44, 43, 42, 41, 40, 39, 38]);
    const expected = (rounds * 4) / 10;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 9 degrees of freedom: 27.9 is exceeded with probability 0.001.
    expect(chiSquare).toBeLessThan(27.9);
  });

  it('continues down the ranking if too few of the top remain', () => {
    const drawn = drawFromTop(ranked, new Set([49, 48, 45]), 4, 5, new Random(0, 'test'));
    expect(drawn.slice(0, 2).sort()).toEqual([46, 47]);
    expect(drawn.slice(2)).toEqual([44, 43, 42]);
  });

  it('narrows from topStart by the decay per round, not below top', () => {
    const settings = { top: 500, topStart: 80_000, topDecay: 0.96 };
    expect(topOfRound(settings, 0)).toBe(80_000);
    expect(topOfRound(settings, 10)).toBe(Math.floor(80_000 * 0.96 ** 10));
    expect(topOfRound(settings, 200)).toBe(500);
    expect(topOfRound({ top: 100, topStart: undefined, topDecay: 0.96 }, 0)).toBe(100);
  });
});

describe('WeakNAS', () => {
  it('evaluates no architecture twice and starts with random ones', async () => {
    const options = { predictor: 'bayesian-linear', evaluations: 60, initial: 20, perIteration: 8 };
    const { evaluations } = await searchPlanted(weaknas, options, 2, {});
    expect(new Set(evaluations.map(({ architecture }) => architecture)).size).toBe(60);
    const other = await searchPlanted(weaknas, { ...options, predictor: 'knn' }, 2, {});
    const texts = (list: typeof evaluations) => list.map(({ architecture }) => architecture);
    expect(texts(other.evaluations).slice(0, 20)).toEqual(texts(evaluations).slice(0, 20));
    expect(texts(other.evaluations)).not.toEqual(texts(evaluations));
  });

  it.each(['ei', 'ucb', 'pi', 'thompson', 'its'])('%s takes the best of an ensemble of five', async (acquisition) => {
    const options = { acquisition, predictor: 'random-forest', predictorOptions: { trees: 5 }, evaluations: 40 };
    const { evaluations } = await searchPlanted(weaknas, options, 1, {});
    const mean = (list: readonly { fitness: number }[]) =>
      list.reduce((sum, { fitness }) => sum + fitness, 0) / list.length;
    expect(mean(evaluations.slice(10))).toBeGreaterThan(mean(evaluations.slice(0, 10)));
  });

  it('states what to do if a single predictor has no standard deviation', async () => {
    const search = weaknas.start(
      problemWith({ evaluate: async () => ({ accuracy: 0.5 }) }),
      weaknas.options.parse({ acquisition: 'ei', ensemble: 1, predictor: 'gradient-boosting', initial: 2 }),
    );
    await search.step();
    await search.step();
    await expect(search.step()).rejects.toThrow('gradient-boosting predicts no deviation; set ensemble to 2 or more');
  });

  it('ranks a pool of different random architectures if the space is too large to enumerate', () => {
    const large = {
      ...space,
      size: 1e9,
      enumerate: () => {
        throw new Error('too large');
      },
    } as Space;
    const { texts } = candidatesOf(large, 300, 1);
    expect(new Set(texts).size).toBe(300);
    expect(candidatesOf(large, 300, 1).texts).toEqual(texts);
    expect(candidatesOf(large, 300, 2).texts).not.toEqual(texts);
  });
});
