import { describe, expect, it } from 'vitest';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { tableProblem } from '../../../src/nas/tables/problem.js';
import { SimulatedClock } from '../../../src/nas/tables/simulatedClock.js';
import { none, pools, skips, smallRows, tableOf } from './smallTable.js';

const space = spaceByName('nasbench201');
const options = { set: 'digits', seed: 'mean', searchSeed: 3 } as const;

describe('a problem on a table', () => {
  it('looks up validation accuracy and seconds, never the test accuracy', async () => {
    const problem = tableProblem(tableOf(smallRows), { ...options, epochs: [4, 2], seed: ['mean', 'one'] });
    expect(problem.epochs).toEqual([2, 4]);
    expect(problem.seed).toBe(3);
    const evaluate = (text: string, epochs?: number) =>
      problem.evaluate(space.parse(text), { seedOffset: 0, ...(epochs ? { epochs } : {}) });
    expect(await evaluate(none)).toEqual({ accuracy: 0.105, seconds: 100 });
    expect(await evaluate(pools, 2)).toEqual({ accuracy: 0.505, seconds: 44 });
    await expect(evaluate(none, 3)).rejects.toThrow('evaluation after 3 epochs, wanted one of: 2, 4');
  });

  it('counts a row without a value as a failed training', async () => {
    const problem = tableProblem(tableOf(smallRows), options);
    expect(problem.epochs).toEqual([4]);
    expect(await problem.evaluate(space.parse(skips), { seedOffset: 0 })).toEqual({ accuracy: 0, seconds: 200.5 });
  });

  it('returns costs and latencies, and no score', () => {
    const problem = tableProblem(tableOf(smallRows), options);
    expect(problem.costs).toEqual(['parameters', 'latency', 'latency:clock']);
    expect(problem.costs.map((name) => problem.cost(space.parse(pools), name))).toEqual([73306, 4, 9]);
    expect(() => problem.cost(space.parse(pools), 'score:some')).toThrow('Cost "score:some" is not known');
  });

  it('refuses queries for what the table lacks', () => {
    const table = tableOf(smallRows);
    expect(() => tableProblem(table, { ...options, set: 'letters' })).toThrow(
      'accuracy on letters, wanted one of: digits',
    );
    expect(() => tableProblem(table, { ...options, seed: 7 })).toThrow('got seed 7, wanted one of: one, mean');
    expect(() => tableProblem(table, { ...options, epochs: 2 })).toThrow(
      'has no validation accuracy on digits after 2 epochs, mean over seeds',
    );
    expect(() => tableProblem(table, { ...options, epochs: [2, 4], seed: ['one'] })).toThrow(
      'got 1 seeds and 2 epochs',
    );
    expect(() => tableProblem(table, { ...options, seed: ['one'] })).toThrow('got 1 seeds and no epochs');
  });
});

describe('the clock of a table', () => {
  it('adds up the seconds of trainings', () => {
    const clock = new SimulatedClock(tableOf(smallRows), { set: 'digits', epochs: 2, seed: 'one' });
    expect(clock.train(0)).toEqual({ index: 0, accuracy: 10, seconds: 22, total: 22 });
    expect(clock.train(2)).toEqual({ index: 2, accuracy: 50.5, seconds: 44, total: 66 });
  });
});
