import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlugins, PluginError } from '../../../runner/plugins/plugins.js';
import type { TableRunResults } from '../../../src/nas/tables/results.js';
import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { dataFolder, runCommand, tinyWork } from '../cli/support.js';

const topLevel = fileURLToPath(new URL('./topLevel.ts', import.meta.url));
const defaultExport = fileURLToPath(new URL('./defaultExport.ts', import.meta.url));
const tables = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const isThere = existsSync(join(tables, 'nasbench201.csv.gz'));
if (!isThere) console.warn(`Skipped: plugins in worker processes, for ${tables} has no nasbench201.csv.gz.`);

let data: string;
let folder: string;
beforeAll(() => {
  data = dataFolder();
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-plugins-'));
});
afterAll(() => {
  for (const path of [data, folder]) rmSync(path, { recursive: true, force: true });
});

function module(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const digestOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);

describe('a plugin', () => {
  it('is recorded with its code and what it registered, and registers once in a process', async () => {
    const record = { digest: digestOf(topLevel), methods: ['own-random'], spaces: [], rules: [] };
    const [first] = await loadPlugins([topLevel]);
    expect(first).toEqual({ module: topLevel, ...record });
    const other = `./${relative(process.cwd(), topLevel)}`;
    expect(await loadPlugins([other, topLevel])).toEqual([
      { module: other, ...record },
      { module: topLevel, ...record },
    ]);
    expect((await loadPlugins([defaultExport]))[0]).toMatchObject({ spaces: ['own-chain'], methods: ['own-darts'] });
  });

  it('is found as an installed package of the working folder', async () => {
    const name = 'nastransfer-plugin-of-a-test';
    const installed = join('node_modules', name);
    mkdirSync(installed, { recursive: true });
    try {
      writeFileSync(join(installed, 'package.json'), JSON.stringify({ name, type: 'module', main: 'index.js' }));
      const rule = "{ name: 'packaged', form: 'SET:packaged', description: '', draw() {} }";
      writeFileSync(
        join(installed, 'index.js'),
        `export default ({ registerSourceRule }) => registerSourceRule(${rule});`,
      );
      expect(await loadPlugins([name])).toEqual([expect.objectContaining({ module: name, rules: ['packaged'] })]);
    } finally {
      rmSync(installed, { recursive: true });
    }
  });

  it.each([
    ['missing.mjs', undefined, "can't be read"],
    ['broken.mjs', 'export default (', 'failed while it was loaded: '],
    ['throwing.mjs', "throw new RangeError('too far')", 'failed while it was loaded: RangeError: too far'],
    [
      'taken.mjs',
      "export default ({ registerMethod }) => registerMethod({ name: 'darts' })",
      'registerMethod: got name "darts"',
    ],
    [
      'silent.mjs',
      'export const x = 1;',
      'registered nothing with this nastransfer, wanted a method, space or source rule',
    ],
  ])('%s is refused with exit code 2', async (name, text, message) => {
    const file = text === undefined ? join(folder, name) : module(name, text);
    await expect(loadPlugins([file])).rejects.toThrow(PluginError);
    const run = await runCommand(['count', '--architecture', 'x', '--plugin', file]);
    expect(run.err).toContain(`--plugin ${file}: `);
    expect(run.err).toContain(message);
    expect(run.code).toBe(2);
  });
});

describe('commands with plugins', () => {
  it('search by an own method on an own space, and record the plugin', async () => {
    const args = ['search', '--source', 'tiny', '--data-dir', data, ...tinyWork, '--json'];
    const own = await runCommand([...args, '--method', 'own-random', '--plugin', topLevel]);
    expect(own.code, own.err).toBe(0);
    const found = JSON.parse(own.out);
    expect(found).toMatchObject({ method: 'own-random', plugins: [{ module: topLevel, methods: ['own-random'] }] });
    const without = JSON.parse((await runCommand([...args, '--method', 'random'])).out);
    expect(without).not.toHaveProperty('plugins');
    const both = JSON.parse((await runCommand([...args, '--method', 'random', '--plugin', topLevel])).out);
    expect(both.hash).not.toBe(without.hash);
    const chained = ['--method', 'own-darts', '--space', 'own-chain', '--plugin', defaultExport];
    expect(JSON.parse((await runCommand([...args, ...chained])).out)).toMatchObject({ space: 'own-chain' });
  });

  it('run a study with several, and print the command line that repeats it', async () => {
    const file = join(folder, 'study.json');
    const protocol = { channels: 4, cells: 1, imageSize: 8, imageChannels: 1, batch: 8, epochs: 1 };
    const methods = ['random', 'own-random'];
    const study = { name: 'own', methods, sources: ['tiny'], targets: ['tiny'], seeds: [0], training: protocol };
    writeFileSync(file, JSON.stringify(study));
    const out = join(folder, 'study');
    const args = ['study', file, '--out', out, '--data-dir', data];
    const run = await runCommand([...args, '--plugin', topLevel, '--plugin', defaultExport]);
    expect(run.code, run.err).toBe(0);
    const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as StudyResults;
    expect(results.searches.map(({ method }) => method)).toEqual(methods);
    expect(results.plugins?.map((plugin) => plugin.module)).toEqual([topLevel, defaultExport]);
    expect(results.rerun).toContain(`--plugin ${topLevel} --plugin ${defaultExport}`);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(`(${digestOf(topLevel)})`);
  });

  it.runIf(isThere)('search a table in worker processes', async () => {
    const out = join(folder, 'table');
    const args = ['table', 'run', '--tables-dir', tables, '--source', 'cifar10', '--seeds', '3', '--queries', '5'];
    const methods = ['--method', 'random', '--method', 'own-random', '--plugin', topLevel];
    const run = await runCommand([...args, ...methods, '--jobs', '2', '--out', out]);
    expect(run.code, run.err).toBe(0);
    const results = JSON.parse(readFileSync(join(out, 'table-run.json'), 'utf8')) as TableRunResults;
    const of = (name: string) =>
      results.searches.filter(({ method }) => method === name).map(({ method: _, ...search }) => search);
    expect(of('own-random')).toEqual(of('random'));
    expect(of('random')).toHaveLength(3);
    expect(results.plugins).toEqual([expect.objectContaining({ module: topLevel })]);
    expect(results.rerun).toContain(`--plugin ${topLevel}`);
  });
});
