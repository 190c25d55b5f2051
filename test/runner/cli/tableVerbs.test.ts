import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { none, pools, skips, smallHeader, smallRows } from '../../nas/tables/smallTable.js';
import { temporaryFolder, writeFiles } from '../data/support.js';
import { runCommand } from './support.js';

const folder = temporaryFolder();
beforeAll(() => {
  writeFiles(folder, { 'small.json': JSON.stringify(smallHeader), 'small.csv.gz': gzipSync(smallRows) });
});

const table = (...args: string[]) =>
  runCommand(['table', args[0], '--table', 'small', '--tables-dir', folder, ...args.slice(1)]);
const json = async (...args: string[]) => {
  const { code, out, err } = await table(...args, '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out);
};
const test4 = ['--set', 'digits', '--split', 'test', '--epochs', '4', '--seed', 'mean'];
const validation4 = test4.with(3, 'validation');

describe('nastransfer table', () => {
  it('describes the contents of a table', async () => {
    const { out } = await table('info');
    for (const text of [
      'small: 3 architectures of nasbench201',
      'licence: CC0',
      'validation accuracy on digits after 2 epochs, one seed',
      'test accuracy on digits after 4 epochs, mean over seeds',
      'devices with latencies: clock',
      'seconds of training: made up',
    ])
      expect(out).toContain(text);
    expect(await json('info')).toMatchObject({ name: 'small', rows: 3, devices: ['clock'] });
  });

  it('converts rows to architectures and back', async () => {
    expect((await table('arch', '1')).out).toBe(skips);
    expect((await table('index', skips)).out).toBe('1');
    expect(await json('index', pools)).toEqual({ table: 'small', index: 2, architecture: pools });
    expect(await table('arch', skips)).toMatchObject({ code: 2 });
    expect(await table('arch', '3')).toMatchObject({ code: 1, err: expect.stringContaining('got index 3, wanted') });
    expect(await table('index', 'nothing')).toMatchObject({ code: 2, err: expect.stringContaining('position 0') });
  });

  it('states set, split, epochs and seed of every accuracy', async () => {
    expect((await table('query', '2', ...test4)).out).toBe(
      `test accuracy on digits after 4 epochs, mean over seeds: 62.0001 %\n2  ${pools}`,
    );
    expect(await json('query', pools, ...validation4)).toEqual({
      table: 'small',
      index: 2,
      architecture: pools,
      set: 'digits',
      split: 'validation',
      epochs: 4,
      seed: 'mean',
      accuracy: 60,
    });
    expect((await table('query', skips, ...validation4)).out).toContain('mean over seeds: not known');
    expect((await json('query', skips, ...validation4)).accuracy).toBeNull();
  });

  it.each(['--set', '--split', '--epochs', '--seed'])('refuses to look up without %s', async (flag) => {
    const args = test4.toSpliced(test4.indexOf(flag), 2);
    const { code, err } = await table('query', '2', ...args);
    expect(code).toBe(2);
    expect(err).toContain(`required option '${flag}`);
  });

  it('lists what is available if it lacks what was requested', async () => {
    const { code, err, out } = await table('query', '2', ...test4.with(5, '2'));
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('has no test accuracy on digits after 2 epochs, mean over seeds; the nearest it has: ');
    const missing = await runCommand(['table', 'info', '--table', 'large', '--tables-dir', folder]);
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${join(folder, 'large.csv.gz')}: no such`),
    });
  });

  it('prints costs and latencies', async () => {
    expect((await json('cost', '2', '--set', 'digits')).costs).toEqual({
      parameters: 73306,
      latency: 4,
      'score:some': -3.25,
    });
    expect((await json('cost', '0', '--set', 'digits')).costs['score:some']).toBeNull();
    expect((await table('cost', '2', '--set', 'letters')).err).toContain('costs on letters, wanted one of: digits');
    expect((await json('latency', none)).milliseconds).toEqual({ clock: 7.5 });
    expect((await table('latency', none, '--device', 'clock')).out).toContain('7.5 ms');
    expect((await table('latency', none, '--device', 'sundial')).err).toContain('wanted one of: clock');
  });

  it('finds the best rows within limits', async () => {
    const indices = async (...args: string[]) =>
      (await json('best', ...args)).rows.map(({ index }: { index: number }) => index);
    expect(await indices(...test4)).toEqual([2]);
    expect(await indices(...test4, '--top', '9')).toEqual([2, 1, 0]);
    expect(await indices(...validation4, '--top', '9')).toEqual([2, 0]);
    expect(await indices(...test4, '--max-latency', '3')).toEqual([1]);
    expect(await indices(...test4, '--max-latency', '7.5', '--device', 'clock')).toEqual([0]);
    expect(await indices(...test4, '--max-parameters', '10')).toEqual([]);
    const { out } = await table('best', ...test4, '--max-latency', '3');
    expect(out).toContain('test accuracy on digits after 4 epochs, mean over seeds; latency at most 3 ms');
    expect((await table('best', ...test4, '--max-latency', 'soon')).code).toBe(2);
    expect((await table('best', ...test4, '--device', 'clock')).err).toContain('got no --max-latency');
  });

  it('trains rows on the table’s clock', async () => {
    const { out } = await table('simulate', '0', pools, '--set', 'digits', '--epochs', '2', '--seed', 'one');
    expect(out.split('\n').map((line) => line.replace(/ +/g, ' ').trim())).toEqual([
      'validation accuracy on digits after 2 epochs, one seed',
      'seconds: made up',
      'index accuracy seconds total architecture',
      `0 10 % 22.0 22.0 ${none}`,
      `2 50.5 % 44.0 66.0 ${pools}`,
    ]);
  });
});
