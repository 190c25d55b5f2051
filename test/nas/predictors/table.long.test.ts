// Long: predictors rank the cells of NAS-Bench-201
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../../runner/tables/open.js';
import { encode, withColumns } from '../../../src/nas/predictors/encodings.js';
import { type Judging, judgePredictor } from '../../../src/nas/predictors/judge.js';
import type { EncodingName } from '../../../src/nas/predictors/predictor.js';
import { predictorByName } from '../../../src/nas/predictors/predictors.js';
import type { Table } from '../../../src/nas/tables/table.js';
import { space } from './support.js';

const folder = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const there = existsSync(join(folder, 'nasbench201.csv.gz'));
if (!there)
  console.warn(
    `Skipped: predictors are not judged on NAS-Bench-201, for ${folder} has no nasbench201.csv.gz. ` +
      'Set NASTRANSFER_TABLES to the folder that holds it.',
  );

const seeds = [0, 1, 2, 3, 4];

function judge(name: string, encoding: EncodingName, judging: Omit<Judging, 'space' | 'seeds' | 'fit'>) {
  const predictor = predictorByName(name);
  return judgePredictor(
    { label: name, predictor, options: predictor.options.parse({}), encoding },
    { space, fit: 100, seeds, ...judging },
  );
}

describe.skipIf(!there)('predictors fitted on 100 random cells of NAS-Bench-201', () => {
  const cifar10 = async (): Promise<{ table: Table; cells: unknown[]; accuracies: Float64Array }> => {
    const table = await openTable('nasbench201', { tablesDir: folder });
    const cells = Array.from({ length: table.size }, (_, row) => space.parse(table.architecture(row)));
    const accuracies = table.accuracies({ set: 'cifar10', split: 'validation', epochs: 200, seed: 'mean' });
    return { table, cells, accuracies };
  };

  it.each([
    ['random-forest', 'one-hot', 0.6],
    ['gradient-boosting', 'one-hot', 0.6],
    ['knn', 'one-hot', 0.5],
    ['bayesian-linear', 'path', 0.65],
    ['gaussian-process', 'one-hot', 0.6],
  ] as const)('%s on %s ranks the others with a Spearman correlation above %d', async (name, encoding, least) => {
    const { cells, accuracies } = await cifar10();
    const result = await judge(name, encoding, { features: encode(space, cells, encoding), accuracies });
    expect(result.spearman.mean).toBeGreaterThan(least);
    expect(result.spearman.count).toBe(seeds.length);
    expect(result.kendall.mean).toBeLessThan(result.spearman.mean);
    for (const [, accuracy] of result.points) expect(accuracies).toContain(accuracy);
  });

  it('rank them better if costs and a zero-cost score are features too', async () => {
    const { table, cells, accuracies } = await cifar10();
    const plain = encode(space, cells, 'one-hot');
    const columns = ['parameters', 'mflops', 'score:naswot'].map((name) => table.costColumn({ name, set: 'cifar10' }));
    const features = withColumns(plain, columns);
    const without = await judge('random-forest', 'one-hot', { features: plain, accuracies });
    const withCosts = await judge('random-forest', 'one-hot', { features, accuracies });
    expect(withCosts.spearman.mean).toBeGreaterThan(without.spearman.mean + 0.05);
  });
});
