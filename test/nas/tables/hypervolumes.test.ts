import { describe, expect, it } from 'vitest';
import { frontsOf } from '../../../src/nas/tables/hypervolumes.js';
import type { TableSearch } from '../../../src/nas/tables/results.js';
import type { Measurement } from '../../../src/nas/tables/table.js';
import { fakeTable } from './fakeTable.js';

const seen: Measurement = { set: 'set', split: 'validation', epochs: 12, seed: 'one' };
const costs = [1, 4, 2, 5];
const accuracies = [10, 20, 30, 40];
const table = {
  ...fakeTable(['a', 'b', 'c', 'd'], [{ measurement: seen, accuracies }]),
  costColumn: () => Float64Array.from(costs),
};

function search(seed: number, rows: readonly number[]): TableSearch {
  const front = rows.map((row) => ({
    architecture: table.architecture(row),
    objectives: { accuracy: accuracies[row] / 100, size: costs[row] },
  }));
  return { method: 'm', set: 'set', seed, index: rows[0], queries: 4, seconds: 1, improvements: [], front };
}

describe('the hypervolume of the fronts of searches', () => {
  // Scaled to the table, 0 best and 1 worst: a (1, 0), b (2/3, 3/4), c (1/3, 1/4), d (0, 1). c dominates b; a and d are at
  // the edge of the reference.
  const { hypervolumes, tableFronts } = frontsOf(table, [
    { method: 'm', seen, searches: [search(0, [3, 1]), search(1, [2, 0])] },
    { method: 'without', seen, searches: [{ ...search(0, []), front: undefined }] },
  ]);

  it('is scaled to the range of the table, and reported with that of the table’s own front', () => {
    expect(hypervolumes).toHaveLength(1);
    const [{ method, objectives, hypervolume, optimum }] = hypervolumes;
    expect({ method, objectives }).toEqual({ method: 'm', objectives: ['accuracy', 'size'] });
    expect(optimum).toBeCloseTo((2 / 3) * (3 / 4), 12);
    expect(hypervolume.mean).toBeCloseTo((1 / 12 + 1 / 2) / 2, 12);
    expect(hypervolume.count).toBe(2);
  });

  it('is reported with the rows that no row of the table dominates', () => {
    expect(tableFronts?.map(({ front }) => front.map(({ architecture }) => architecture))).toEqual([['d', 'c', 'a']]);
    expect(tableFronts?.[0].front[0].objectives).toEqual({ accuracy: 0.4, size: 5 });
  });
});
