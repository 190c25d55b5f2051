// Long: WeakNAS finds the best cell of NAS-Bench-201
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '../../../../runner/tables/open.js';
import { methodByName } from '../../../../src/nas/methods/methods.js';
import { tableProblem } from '../../../../src/nas/tables/problem.js';
import { bestRow } from '../../../../src/nas/tables/references.js';
import type { Table } from '../../../../src/nas/tables/table.js';

const folder = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const there = existsSync(join(folder, 'nasbench201.csv.gz'));
if (!there)
  console.warn(
    `Skipped: WeakNAS does not search NAS-Bench-201, for ${folder} has no nasbench201.csv.gz. ` +
      'Set NASTRANSFER_TABLES to the folder that holds it.',
  );

const SEEDS = [0, 1, 2, 3, 4];

describe.skipIf(!there)('on NAS-Bench-201, by CIFAR-10 validation accuracy after 200 epochs', () => {
  let table: Table;
  beforeAll(async () => {
    table = await openTable('nasbench201', { tablesDir: folder });
  });

  /** The number of searches that end at the best cell of the table. */
  async function found(name: string): Promise<number> {
    const set = 'cifar10';
    const best = bestRow(table.accuracies({ set, split: 'validation', epochs: 200, seed: 'mean' }));
    const method = methodByName(name);
    let count = 0;
    for (const searchSeed of SEEDS) {
      const limits = { evaluations: 500 };
      const problem = tableProblem(table, { set, epochs: 200, seed: 'mean', searchSeed, limits });
      const search = method.start(problem, method.options.parse({}));
      while (await search.step());
      if (search.result().architecture === table.architecture(best)) count++;
    }
    return count;
  }

  it('WeakNAS finds the best cell in 500 queries for every seed', async () => {
    expect(await found('weaknas')).toBe(SEEDS.length);
  });

  it('random search does so for no seed', async () => {
    expect(await found('random')).toBe(0);
  });
});
