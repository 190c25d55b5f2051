import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../../runner/tables/open.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { dataFolder, runCommand } from '../cli/support.js';

const data = dataFolder();
const folder = () => mkdtempSync(join(tmpdir(), 'nastransfer-table-'));
const all3x3 = '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|';

const build = (out: string, ...args: string[]) =>
  runCommand(['table', 'build', '--set', 'tiny', '--data-dir', data, '--name', 'tiny', '--out', out, ...args]);

describe('table build', () => {
  it('writes a table that can be opened: both splits, all seeds and their mean, counts and seconds', async () => {
    const out = folder();
    const { code, work } = await build(out, '--sample', '3', '--seeds', '2', '--epochs', '4', '--channels', '8');
    expect(code).toBe(0);
    expect(work).toHaveLength(3 * 2 * 2);
    const table = await openTable(join(out, 'tiny.csv.gz'));
    expect(table.size).toBe(3);
    const at = (split: 'validation' | 'test', seed: number | 'mean') =>
      table.accuracies({ set: 'tiny', split, epochs: 4, seed });
    for (const split of ['validation', 'test'] as const)
      at(split, 'mean').forEach((mean, row) => {
        expect(mean).toBeCloseTo((at(split, 0)[row] + at(split, 1)[row]) / 2, 3);
      });
    expect(at('validation', 0)).not.toEqual(at('test', 0));
    const space = spaceByName('nasbench201');
    const settings = { channels: 8, cells: 5, classes: 2, size: 32, imageChannels: 3 };
    const counted = space.count(space.parse(table.architecture(1)), settings);
    expect(table.costColumn({ name: 'parameters', set: 'tiny' })[1]).toBe(counted.parameters);
    expect(table.trainingSeconds(0, 'tiny', 4)).toBeGreaterThanOrEqual(0);
  });

  it('repeats only what is missing, and gives the same accuracies', async () => {
    const out = folder();
    const list = join(out, 'list.json');
    writeFileSync(list, JSON.stringify([all3x3]));
    await build(out, '--architectures', list);
    const other = all3x3.replaceAll('nor_conv_3x3', 'skip_connect');
    writeFileSync(list, JSON.stringify([all3x3, other, all3x3]));
    const resumed = await build(out, '--architectures', list);
    expect(resumed.work).toHaveLength(2);
    expect(resumed.work.every((what) => what.includes(other))).toBe(true);
    const whole = folder();
    await build(whole, '--architectures', list);
    const rows = (path: string) =>
      gunzipSync(readFileSync(join(path, 'tiny.csv.gz')))
        .toString()
        .split('\n')
        .map((line) => line.split(',').slice(0, -1));
    expect(rows(out)).toEqual(rows(whole));
  });

  it('requires exactly one way of choosing architectures', async () => {
    const { code, err } = await build(folder(), '--sample', '2', '--all');
    expect(code).toBe(2);
    expect(err).toContain('got 2 of --sample, --architectures and --all, wanted exactly one');
  });
});
