import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import type { PredictionResults } from '../../../src/nas/tables/results.js';
import { temporaryFolder, writeFiles } from '../data/support.js';
import { runCommand } from './support.js';

const ROWS = 60;
const folder = temporaryFolder();
const out = join(folder, 'out');

/** Cells whose accuracy is a linear function of their decisions; that of the last row is not known. */
beforeAll(() => {
  const space = spaceByName('nasbench201');
  const random = new Random(0, 'cells');
  const texts = new Set<string>();
  while (texts.size < ROWS) texts.add(space.format(space.random(random)));
  const effects = space.choices.map((choice) => choice.options.map(() => random.normal()));
  const rows = [...texts].map((text, index) => {
    const accuracy = space.decisions(space.parse(text)).reduce((sum, option, i) => sum + effects[i][option], 50);
    return [index, text, index === ROWS - 1 ? '' : accuracy.toFixed(4), 100 + index].join(',');
  });
  const header = {
    format: 1,
    name: 'linear',
    space: 'nasbench201',
    rows: ROWS,
    licence: 'CC0',
    measurements: [{ column: 'val', set: 'digits', split: 'validation', epochs: 200, seed: 'mean' }],
    costs: [{ column: 'params', name: 'parameters', set: 'digits' }],
  };
  writeFiles(folder, {
    'linear.json': JSON.stringify(header),
    'linear.csv.gz': gzipSync(`index,arch,val,params\n${rows.join('\n')}\n`),
  });
});

const predict = (...args: string[]) =>
  runCommand(['table', 'predict', '--table', 'linear', '--tables-dir', folder, '--set', 'digits', ...args]);

describe('nastransfer table predict', () => {
  it('reports how well predictors rank unseen rows, and writes the results', async () => {
    const args = ['--predictor', 'bayesian-linear', '--predictor', 'knn', '--fit', '20', '--fit', '45', '--seeds', '3'];
    const run = await predict(...args, '--out', out);
    expect(run.code).toBe(0);
    expect(run.out).toContain('validation accuracy on digits after 200 epochs, mean over seeds');
    expect(run.out).toMatch(/bayesian-linear +one-hot +20 +0\.\d{3} ± 0\.\d{3}/);
    const results: PredictionResults = JSON.parse(readFileSync(join(out, 'predictions.json'), 'utf8'));
    expect(results).toMatchObject({ format: 1, kind: 'predictions', table: 'linear', seeds: [0, 1, 2] });
    const [few, many, neighbours] = results.predictors;
    expect([few.fitted, many.fitted]).toEqual([20, 45]);
    expect(many.spearman.mean).toBeGreaterThan(0.9);
    expect(many.spearman.mean).toBeGreaterThan(few.spearman.mean);
    expect(few.spearman.mean).toBeGreaterThan(neighbours.spearman.mean);
    // All rows but those fitted on and the one without accuracy.
    expect(many.points).toHaveLength(ROWS - 45 - 1);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('bayesian-linear');
    expect(readFileSync(join(out, 'predictions.csv'), 'utf8').split('\n')[1]).toContain('bayesian-linear');
  });

  it('gives the same results by the command that it records', async () => {
    const args = ['--predictor', 'random-forest', '--option', 'random-forest.trees=5', '--encoding', 'path'];
    const more = ['--feature', 'parameters', '--fit', '30', '--seeds', '2', '--seed', '7'];
    const first: PredictionResults = JSON.parse((await predict(...args, ...more, '--json')).out);
    const words = first.rerun!.split(' ').slice(2);
    const again = await runCommand([...words, '--tables-dir', folder, '--json']);
    const second: PredictionResults = JSON.parse(again.out);
    expect(second.predictors[0].points).toEqual(first.predictors[0].points);
    expect(second.predictors[0].spearman).toEqual(first.predictors[0].spearman);
    expect(second.rerun).toBe(first.rerun);
    const without: PredictionResults = JSON.parse((await predict(...args, '--fit', '30', '--seed', '7', '--json')).out);
    expect(without.predictors[0].points).not.toEqual(first.predictors[0].points);
  });

  it.each([
    [['--predictor', 'forest'], 'Predictor "forest" is not known'],
    [['--predictor', 'knn', '--encoding', 'graph'], 'Encoding "graph" is not known, wanted one of: one-hot'],
    [['--predictor', 'knn', '--predictor', 'knn'], '--predictor knn: got it twice'],
    [['--predictor', 'knn', '--option', 'neighbours=3'], '--option neighbours: wanted PREDICTOR.name=value'],
    [['--predictor', 'knn', '--option', 'knn.neighbours=0'], '--option: knn: neighbours'],
    [['--predictor', 'knn', '--fit', '58'], '--fit 58: 59 rows have this accuracy, wanted at most 57'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await predict(...args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it('lists what a table has if it lacks what was requested', async () => {
    const epochs = await predict('--predictor', 'knn', '--epochs', '12');
    expect(epochs).toMatchObject({ code: 1, err: expect.stringContaining('validation accuracy on digits after 200') });
    const feature = await predict('--predictor', 'knn', '--fit', '20', '--feature', 'flops');
    expect(feature).toMatchObject({ code: 1, err: expect.stringContaining('parameters') });
  });
});
