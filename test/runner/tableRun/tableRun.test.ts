import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../runner/package/package.js';
import type { TableRunResults } from '../../../src/nas/tables/results.js';
import { runCommand } from '../cli/support.js';

const tables = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const file = join(tables, 'nasbench201.csv.gz');
const isThere = existsSync(file);
if (!isThere)
  console.warn(
    `Skipped: searches on NAS-Bench-201 are not checked, for ${file} is missing. ` +
      'Set NASTRANSFER_TABLES to the folder that holds nasbench201.csv.gz.',
  );

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-table-run-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const both = ['--method', 'random', '--method', 'regularized-evolution'];
const command = (...args: string[]) => ['table', 'run', '--tables-dir', tables, ...args];

function read(out: string): TableRunResults {
  return JSON.parse(readFileSync(join(out, 'table-run.json'), 'utf8'));
}

/** Only wall time and the command line may differ. */
function comparable({ seconds, rerun, ...results }: TableRunResults): unknown {
  expect(seconds).toBeGreaterThan(0);
  return { ...results, rerun: rerun?.slice(0, 20) };
}

function keptIn(out: string): number {
  const path = join(out, 'searches.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

describe.runIf(isThere)('searches on NAS-Bench-201', () => {
  let first: TableRunResults;
  let printed: string;
  beforeAll(async () => {
    const out = join(folder, 'first');
    const run = await runCommand(command(...both, '--source', 'cifar10', '--seeds', '20', '--jobs', '1', '--out', out));
    expect(run.code, run.err).toBe(0);
    first = read(out);
    printed = run.out;
  });

  const test = (method: string, set: string) =>
    first.accuracies.find(
      (one) => one.method === method && one.measurement.set === set && one.measurement.split === 'test',
    )!;

  it('evolution beats random on all three data sets', () => {
    for (const set of ['cifar10', 'cifar100', 'ImageNet16-120']) {
      const evolution = test('regularized-evolution', set);
      expect(evolution.accuracy.mean, set).toBeGreaterThan(test('random', set).accuracy.mean);
      expect(evolution.relativeImprovement?.mean, set).toBeGreaterThan(0);
    }
  });

  it('reach the published accuracies within a standard deviation, and show these', () => {
    const rows = first.accuracies.flatMap(({ accuracy, published }) => (published ? [{ accuracy, published }] : []));
    expect(rows).toHaveLength(8);
    for (const { accuracy, published } of rows) {
      expect(Math.abs(accuracy.mean - published.mean)).toBeLessThan(published.deviation);
      expect(printed).toContain(`${published.mean.toFixed(2)} ± ${published.deviation.toFixed(2)}`);
    }
    expect(printed).toContain('a clock estimated from latencies');
    expect(printed).toContain('regularized-evolution: its deviation');
  });

  it('see the accuracy after 12 epochs, for 12,000 s of the table, and report the mean after 200', () => {
    expect(first.seen).toEqual({ set: 'cifar10', split: 'validation', epochs: 12, seed: 'one' });
    expect(first.limits).toEqual({ seconds: 12_000 });
    expect(first.searches).toHaveLength(40);
    for (const { seconds, queries } of first.searches) {
      expect(seconds).toBeLessThanOrEqual(12_000);
      expect(queries).toBeGreaterThan(50);
    }
    for (const { measurement } of first.accuracies) expect(measurement).toMatchObject({ epochs: 200, seed: 'mean' });
  });

  it('know the best rows of the table and the ResNet cell', () => {
    const rows = Object.fromEntries(first.references.map(({ label, index }) => [label, index]));
    expect(rows).toMatchObject({
      'best by validation accuracy on cifar10, 12 epochs': 13714,
      'best by validation accuracy on cifar10, 200 epochs': 6111,
      'best by validation accuracy on cifar100, 200 epochs': 9930,
      'best by validation accuracy on ImageNet16-120, 200 epochs': 10676,
      'best by test accuracy on ImageNet16-120, 200 epochs': 857,
      'ResNet cell': 11472,
    });
  });

  it('are the same in two processes, to the last digit', async () => {
    const out = join(folder, 'two');
    const run = await runCommand(command(...both, '--source', 'cifar10', '--seeds', '20', '--jobs', '2', '--out', out));
    expect(run.code, run.err).toBe(0);
    expect(comparable(read(out))).toEqual(comparable(first));
  });

  it('resume after an interruption with the stored results, and end the same', async () => {
    const out = join(folder, 'resumed');
    const args = command(...both, '--source', 'cifar10', '--jobs', '1', '--out', out);
    expect((await runCommand([...args, '--seeds', '7'])).code).toBe(0);
    // As after a process that was killed while writing.
    appendFileSync(join(out, 'searches.jsonl'), '{"hash":"0123');
    const run = await runCommand([...args, '--seeds', '20']);
    expect(run.code, run.err).toBe(0);
    expect(run.err).toContain('dropped an incomplete last line');
    expect(run.err).toContain('14 of 40 searches were done before');
    expect(comparable(read(out))).toEqual(comparable(first));
    expect(keptIn(out)).toBe(40);
  });

  it('keep finished work on Ctrl-C', async () => {
    const out = join(folder, 'stopped');
    const args = command(...both, '--source', 'cifar10', '--seeds', '5000', '--jobs', '2', '--out', out);
    const child = spawn(process.execPath, ['--import', 'tsx', join(packageRoot(), 'runner/cli.ts'), ...args]);
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    // Once: a second signal ends a process at once.
    const watch = setInterval(() => {
      if (keptIn(out) < 5) return;
      clearInterval(watch);
      child.kill('SIGINT');
    }, 50);
    const code = await new Promise((resolve) => child.on('exit', resolve));
    clearInterval(watch);
    expect(err).toContain(`stopped; finished searches are kept in ${out}`);
    expect(code).toBe(130);
    const kept = keptIn(out);
    expect(kept).toBeGreaterThanOrEqual(5);
    expect(existsSync(join(out, 'study.lock'))).toBe(false);
    expect(existsSync(join(out, 'table-run.json'))).toBe(false);
    const again = await runCommand(
      command(...both, '--source', 'cifar10', '--seeds', '2', '--jobs', '1', '--out', out),
    );
    expect(again.code, again.err).toBe(0);
    expect(again.err).toMatch(/ of 4 searches were done before/);
  });

  it('from several sources are evaluated on all sets, and the sources compared', async () => {
    const out = join(folder, 'transfer');
    const sources = ['--source', 'cifar10', '--source', 'ImageNet16-120'];
    const run = await runCommand(
      command(...both, ...sources, '--seeds', '4', '--queries', '30', '--epochs', '200', '--jobs', '1', '--out', out),
    );
    expect(run.code, run.err).toBe(0);
    const results = read(out);
    expect(results.limits).toEqual({ evaluations: 30 });
    expect(results.accuracies).toHaveLength(2 * 2 * 6);
    // With another budget.
    for (const { published } of results.accuracies) expect(published).toBeUndefined();
    expect(results.sourceRankCorrelation.map(({ sources, set }) => [...sources, set])).toEqual(
      ['cifar10', 'cifar100', 'ImageNet16-120'].map((set) => ['cifar10', 'ImageNet16-120', set]),
    );
    // Over all architectures: SciPy's kendalltau on the table's columns.
    expect(results.setRankCorrelation[0].tau).toBeCloseTo(0.8819568821873827, 9);
    expect(readdirSync(out).sort()).toEqual(
      ['accuracies.csv', 'curves.csv', 'report.html', 'runs.csv', 'searches.jsonl', 'table-run.json'].sort(),
    );
    const runs = readFileSync(join(out, 'runs.csv'), 'utf8').trim().split('\r\n');
    expect(runs).toHaveLength(1 + 2 * 2 * 4);
  });

  it('with several objectives have a hypervolume of at most the table’s own', async () => {
    const out = join(folder, 'front');
    const run = await runCommand(
      command(
        '--method',
        'nsga2',
        '--source',
        'cifar10',
        '--seeds',
        '2',
        '--queries',
        '60',
        '--jobs',
        '1',
        '--out',
        out,
      ),
    );
    expect(run.code, run.err).toBe(0);
    const { hypervolumes, tableFronts } = read(out);
    expect(hypervolumes).toHaveLength(1);
    const [{ objectives, hypervolume, optimum }] = hypervolumes;
    expect(objectives).toEqual(['accuracy', 'parameters']);
    expect(hypervolume.mean).toBeGreaterThan(0.5);
    expect(hypervolume.mean).toBeLessThan(optimum);
    expect(optimum).toBeLessThan(1);
    expect(tableFronts?.[0].front.length).toBeGreaterThan(5);
  });

  it.each([
    [
      ['--method', 'randon', '--source', 'cifar10'],
      'Method "randon" is not known (did you mean random?), wanted one of',
    ],
    [
      ['--method', 'random', '--source', 'cifar10', '--option', 'random.sample=3'],
      'random has no option "sample" (did you mean samples?), wanted one of',
    ],
    [['--method', 'random', '--source', 'cifar10', '--option', 'samples=3'], 'wanted METHOD.name=value'],
    [['--method', 'random', '--source', 'cifar20'], 'has no data set "cifar20" (did you mean cifar10?)'],
    [['--method', 'darts', '--source', 'cifar10'], 'trains a supernet'],
    [['--method', 'random', '--method', 'random', '--source', 'cifar10'], 'got it twice'],
    [
      ['--method', 'random', '--source', 'cifar10', '--epochs', '50'],
      'has no validation accuracy on cifar10 after 50 epochs',
    ],
  ])('are refused as %j', async (args, message) => {
    const run = await runCommand(command(...args, '--seeds', '1', '--jobs', '1'));
    expect(run.err).toContain(message);
    expect(run.code).not.toBe(0);
    expect(run.out).toBe('');
  });
});
