import { describe, expect, it } from 'vitest';
import type { SearchLimits } from '../../../src/nas/methods/method.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { planted, plantedProblem, searchPlanted } from './planted.js';

const SEEDS = [...Array(40).keys()];

describe('a search that is broken off after any step, saved as JSON and taken up in a new one', () => {
  const cases: [string, object, SearchLimits?][] = [
    ['random', { samples: 30 }],
    ['regularized-evolution', { cycles: 30 }],
    ['local-search', { evaluations: 60 }],
    ['local-search', { improvement: 'first', evaluations: 40 }],
    ['reinforce', { evaluations: 30 }],
    ['bohb', { brackets: 9 }],
    ['bohb-published', { brackets: 9 }],
    ['nsga2', { population: 8, offspring: 4, generations: 6 }],
    ['nsganet', { population: 8, offspring: 4, generations: 6, objectives: ['parameters'] }],
    ['weaknas', { predictor: 'bayesian-linear', perIteration: 5, evaluations: 40 }],
    ['bohb', {}, { seconds: 500 }],
    ['nsga2', { population: 8, offspring: 4 }, { evaluations: 25 }],
  ];

  it.each(cases)('ends the same: %s %j %j', async (name, given, limits) => {
    const method = methodByName(name);
    const options = method.options.parse(given);
    const record = (log: string[]) => {
      const problem = plantedProblem(5, { limits });
      return {
        ...problem,
        evaluate: (...[cell, request]: Parameters<typeof problem.evaluate>) => {
          log.push(`${cell} ${request.epochs} ${request.seedOffset}`);
          return problem.evaluate(cell, request);
        },
      };
    };
    const straight: string[] = [];
    const whole = method.start(record(straight), options);
    let steps = 1;
    while (await whole.step()) steps++;
    expect(steps).toBeGreaterThan(20);

    for (let stop = 0; stop <= steps; stop++) {
      const log: string[] = [];
      const first = method.start(record(log), options);
      for (let i = 0; i < stop; i++) await first.step();
      const saved = JSON.stringify(await first.save());
      const before = log.length;
      await first.step();
      log.length = before;
      const second = method.start(record(log), options);
      await second.restore(JSON.parse(saved));
      while (await second.step());
      expect(second.result()).toEqual(whole.result());
      expect(log).toEqual(straight);
    }
  });
});

describe('on cells whose edges interact', () => {
  const best = SEEDS.map((seed) => planted(seed).best);
  const found = async (name: string, options: object, evaluations: number) => {
    let count = 0;
    for (const seed of SEEDS) {
      const { architecture } = await searchPlanted(methodByName(name), options, seed, { limits: { evaluations } });
      if (architecture === best[seed]) count++;
    }
    return count;
  };

  it.each<[string, object, number]>([
    ['regularized-evolution', {}, 8],
    ['local-search', {}, 30],
    ['local-search', { improvement: 'first' }, 30],
    ['reinforce', { learningRate: 0.1 }, 15],
    ['bohb', {}, 5],
    ['nsga2', {}, 20],
  ])(
    '%s %j finds the best of 15,625 in 400 evaluations with %d of 40 seeds or more; random search with 2 at most',
    async (name, options, least) => {
      expect(await found(name, options, 400)).toBeGreaterThanOrEqual(least);
      expect(await found('random', {}, 400)).toBeLessThanOrEqual(2);
    },
  );

  // Neither finds the best often: REINFORCE at its published learning rate settles within some twenty cells, and BOHB as
  // published is as good as random search in NAS-Bench-201 too. Both still learn.
  it.each([
    ['reinforce', 0.05],
    ['bohb-published', 0.01],
  ])('%s with its published settings proposes better cells than random search, on average', async (name, margin) => {
    const late = async (method: string, seed: number) => {
      const { evaluations } = await searchPlanted(methodByName(method), {}, seed, { limits: { evaluations: 300 } });
      return evaluations.slice(100).reduce((sum, { fitness }) => sum + fitness / 200, 0);
    };
    let gain = 0;
    for (const seed of SEEDS) gain += ((await late(name, seed)) - (await late('random', seed))) / SEEDS.length;
    expect(gain).toBeGreaterThan(margin);
  });
});

describe('limits', () => {
  it.each(['random', 'regularized-evolution', 'local-search', 'reinforce', 'bohb', 'bohb-published', 'nsga2'])(
    '%s goes on past its own options until the evaluations, or the seconds, are spent',
    async (name) => {
      const method = methodByName(name);
      const counted = await searchPlanted(method, {}, 1, { limits: { evaluations: 700 } });
      expect(counted.evaluations).toHaveLength(700);
      const timed = await searchPlanted(method, {}, 1, { limits: { seconds: 3600 } });
      const seconds = timed.evaluations.reduce((sum, evaluation) => sum + evaluation.seconds!, 0);
      expect(seconds).toBeLessThanOrEqual(3600);
      expect(seconds).toBeGreaterThan(3600 - 36);
    },
  );
});
