import { describe, expect, it } from 'vitest';
import { methodByName } from '../../../../src/nas/methods/methods.js';
import type { SearchLimits } from '../../../../src/nas/search/problem.js';
import { plantedProblem, searchPlanted } from '../planted.js';

describe('a search that is interrupted after any step, saved as JSON and resumed in a new one', () => {
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
