import { describe, expect, it } from 'vitest';
import type { TableSearch } from '../../../src/nas/tables/results.js';
import { reportedMeasurements, summariseTableRun, type TableRun } from '../../../src/nas/tables/summarise.js';
import type { Measurement } from '../../../src/nas/tables/table.js';
import { improvementsOf } from '../../../src/nas/tables/tableSearch.js';
import { fakeTable } from './fakeTable.js';

const measured = (set: string, split: 'validation' | 'test', epochs: number): Measurement => ({
  set,
  split,
  epochs,
  seed: 'mean',
});

// By hand: after 12 epochs c is best on `near`, after 200 d on both sets; the rankings on the two sets differ in one pair.
const table = fakeTable(
  ['a', 'b', 'c', 'd'],
  [
    { measurement: measured('near', 'validation', 12), accuracies: [10, 20, 40, 30] },
    { measurement: measured('far', 'validation', 12), accuracies: [10, 20, 30, 40] },
    { measurement: measured('near', 'validation', 200), accuracies: [50, 60, 70, 80] },
    { measurement: measured('near', 'test', 200), accuracies: [51, 61, 71, 81] },
    { measurement: measured('far', 'validation', 200), accuracies: [20, 25, 15, 30] },
    { measurement: measured('far', 'test', 200), accuracies: [20, 26, 16, 30] },
  ],
);

const seen = measured('near', 'validation', 12);

function search(method: string, set: string, seed: number, path: readonly (readonly [number, number])[]): TableSearch {
  const improvements = path.map(([queries, index]) => ({ queries, index, seconds: 120 * queries }));
  return { method, set, seed, index: improvements.at(-1)!.index, queries: 5, seconds: 600, improvements };
}

const run: TableRun = {
  methods: [
    { label: 'random', name: 'random', options: {}, seen: [{ epochs: 12, seed: 'mean' }] },
    { label: 'clever', name: 'clever', options: {}, seen: [12, 200].map((epochs) => ({ epochs, seed: 'mean' })) },
  ],
  seen,
  sources: ['near', 'far'],
  limits: { evaluations: 5 },
  searches: [
    search('random', 'near', 0, [
      [1, 0],
      [3, 1],
    ]),
    search('random', 'near', 1, [
      [2, 0],
      [4, 2],
    ]),
    search('clever', 'near', 0, [
      [1, 1],
      [2, 3],
    ]),
    search('clever', 'near', 1, [
      [1, 0],
      [5, 3],
    ]),
    search('random', 'far', 0, [[1, 3]]),
    search('random', 'far', 1, [[1, 3]]),
    search('clever', 'far', 0, [[1, 2]]),
    search('clever', 'far', 1, [[1, 1]]),
  ],
};

const summary = summariseTableRun(table, run, reportedMeasurements(table));

describe('the summary of searches on a table', () => {
  it('reports validation and test accuracy after the longest training on every data set', () => {
    expect(reportedMeasurements(table)).toEqual([
      measured('near', 'validation', 200),
      measured('near', 'test', 200),
      measured('far', 'validation', 200),
      measured('far', 'test', 200),
    ]);
  });

  it('has mean and sample standard deviation of the results of each method, for every source and data set', () => {
    const of = (method: string, source: string, set: string) =>
      summary.accuracies.find(
        (one) =>
          one.method === method &&
          one.source === source &&
          one.measurement.set === set &&
          one.measurement.split === 'test',
      )!;
    expect(summary.accuracies).toHaveLength(2 * 2 * 4);
    // Rows b and c on near: 61 and 71.
    expect(of('random', 'near', 'near').accuracy).toEqual({ mean: 66, deviation: Math.sqrt(50), count: 2 });
    expect(of('random', 'near', 'near').relativeImprovement).toBeUndefined();
    expect(of('clever', 'near', 'near').accuracy).toEqual({ mean: 81, deviation: 0, count: 2 });
    expect(of('clever', 'near', 'near').relativeImprovement).toMatchObject({
      mean: 100 * (81 / 66 - 1),
      randomCount: 2,
    });
    // Rows c and b of far: 16 and 26.
    expect(of('clever', 'far', 'far').accuracy.mean).toBe(21);
  });

  it('counts the queries of the searches that found the best by the longest training seen, and all queries of the others', () => {
    expect(summary.queriesToOptimum).toEqual([
      // Row c is the best after 12 epochs on near: one of two searches found it.
      {
        method: 'random',
        source: 'near',
        queries: { mean: 4, deviation: 0, count: 1 },
        reached: 1,
        seeds: 2,
        atLeast: 4.5,
      },
      {
        method: 'random',
        source: 'far',
        queries: { mean: 1, deviation: 0, count: 2 },
        reached: 2,
        seeds: 2,
        atLeast: 1,
      },
      // Row d after 200 epochs.
      {
        method: 'clever',
        source: 'near',
        queries: { mean: 3.5, deviation: Math.sqrt(4.5), count: 2 },
        reached: 2,
        seeds: 2,
        atLeast: 3.5,
      },
      { method: 'clever', source: 'far', reached: 0, seeds: 2, atLeast: 5 },
    ]);
  });

  it('has the mean best so far over queries and seconds, by the accuracy seen and on the test images', () => {
    const curves = summary.curves.filter(({ method, source }) => method === 'random' && source === 'near');
    expect(curves.map(({ measurement, axis }) => [measurement.split, measurement.epochs, axis])).toEqual([
      ['validation', 12, 'queries'],
      ['validation', 12, 'seconds'],
      ['test', 200, 'queries'],
      ['test', 200, 'seconds'],
    ]);
    // The second search has nothing before its second query; both end after the fifth.
    expect(curves[0]).toMatchObject({ x: [2, 3, 4, 5], mean: [10, 15, 30, 30], median: [10, 15, 30, 30] });
    expect(curves[2]).toMatchObject({ x: [2, 3, 4, 5], mean: [51, 56, 66, 66] });
    expect(curves[0].low[2]).toBeCloseTo(22, 12);
    expect(curves[0].high[2]).toBeCloseTo(38, 12);
    expect(curves[1].x[0]).toBe(240);
    expect(curves[1].x.at(-1)).toBe(600);
    expect(curves[1].mean.at(-1)).toBe(30);
  });

  it('compares the order of methods between sources, and of all rows between data sets', () => {
    // Clever is better when searched on near and worse when searched on far, on both sets.
    expect(summary.sourceRankCorrelation).toEqual([
      { sources: ['near', 'far'], set: 'near', tau: -1 },
      { sources: ['near', 'far'], set: 'far', tau: -1 },
    ]);
    // Of six pairs, c is above a and b on near only: (4 - 2) / 6.
    expect(summary.setRankCorrelation).toEqual([{ sets: ['near', 'far'], tau: expect.closeTo(1 / 3, 12) }]);
  });

  it('names the best row by each measurement', () => {
    const best = Object.fromEntries(summary.references.map(({ label, index }) => [label, index]));
    expect(best).toEqual({
      'best by validation accuracy on near, 12 epochs': 2,
      'best by validation accuracy on far, 12 epochs': 3,
      'best by validation accuracy on near, 200 epochs': 3,
      'best by validation accuracy on far, 200 epochs': 3,
      'best by test accuracy on near, 200 epochs': 3,
      'best by test accuracy on far, 200 epochs': 3,
    });
    const [first] = summary.references;
    expect(first.accuracies.find(({ measurement }) => measurement.split === 'test')?.accuracy).toBe(71);
  });
});

describe('the improvements of a search', () => {
  it('are the evaluations better than all before, with their queries and seconds', () => {
    const evaluations = [
      { architecture: 'b', fitness: 0.2, seconds: 5 },
      { architecture: 'a', fitness: 0.1, seconds: 5 },
      { architecture: 'c', fitness: 0.2, seconds: 5 },
      { architecture: 'd', fitness: 0.3, seconds: 7 },
    ];
    expect(improvementsOf(table, evaluations)).toEqual([
      { queries: 1, seconds: 5, index: 1 },
      { queries: 4, seconds: 22, index: 3 },
    ]);
  });

  it('count one after more epochs as better than any after fewer', () => {
    const evaluations = [
      { architecture: 'a', fitness: 0.9, epochs: 12 },
      { architecture: 'b', fitness: 0.5, epochs: 200 },
      { architecture: 'c', fitness: 0.95, epochs: 12 },
      { architecture: 'd', fitness: 0.6, epochs: 200 },
    ];
    expect(improvementsOf(table, evaluations).map(({ index }) => index)).toEqual([0, 1, 3]);
  });
});
