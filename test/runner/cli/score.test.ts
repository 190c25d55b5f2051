import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../runner/commands/program.js';
import { tools } from '../../../runner/tools.js';
import { dataFolder, noTunings, runCommand } from './support.js';

const folder = () => mkdtempSync(join(tmpdir(), 'nastransfer-score-'));
const small = [
  '--data-dir',
  dataFolder(),
  '--source',
  'tiny',
  '--size',
  '8',
  '--channels',
  '4',
  '--cells',
  '1',
  '--batch',
  '4',
];

/** `nastransfer score` on the device of the tests. */
async function score(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram(
    ['score', ...small, ...args],
    { ...tools, openTunings: async () => noTunings },
    {
      colours: picocolors.createColors(false),
      print: (text) => out.push(text),
      json: (value) => out.push(JSON.stringify(value)),
      notice: (text) => err.push(text),
      stream: { write: (text) => err.push(text) },
    },
  );
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('score', () => {
  it('keeps every finished cell, and goes on where it was stopped to the same results', async () => {
    const whole = folder();
    const args = ['--sample', '3', '--seed', '5', '--score', 'snip', '--score', 'parameters'];
    expect((await score(...args, '--out', whole)).code).toBe(0);
    const lines = readFileSync(join(whole, 'scores.jsonl'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(3);

    const stopped = folder();
    // Of the second line half, as a killed process leaves it.
    writeFileSync(join(stopped, 'scores.jsonl'), `${lines[0]}\n${lines[1].slice(0, 40)}`);
    expect((await score(...args, '--out', stopped)).code).toBe(0);
    const resumed = readFileSync(join(stopped, 'scores.jsonl'), 'utf8').trim().split('\n');
    expect(resumed[0]).toBe(lines[0]);
    const results = (path: string) => JSON.parse(readFileSync(join(path, 'scores.json'), 'utf8'));
    const valuesOf = (path: string) => results(path).cells.map((cell: { scores: unknown }) => cell.scores);
    expect(valuesOf(stopped)).toEqual(valuesOf(whole));
    expect(results(whole)).toMatchObject({ kind: 'scores', images: 'tiny', settings: { batch: 4, seed: 5 } });
    for (const file of ['report.html', 'scores.csv', 'score-correlations.csv'])
      expect(existsSync(join(whole, file))).toBe(true);

    // Another score is added; with another seed nothing of it counts.
    await score('--sample', '3', '--seed', '5', '--score', 'fisher', '--out', whole);
    expect(readFileSync(join(whole, 'scores.jsonl'), 'utf8').trim().split('\n')).toHaveLength(6);
    await score(...args.with(3, '6'), '--out', whole);
    expect(readFileSync(join(whole, 'scores.jsonl'), 'utf8').trim().split('\n')).toHaveLength(9);
  });

  it('takes a list of architectures, each once', async () => {
    const list = join(folder(), 'cells.json');
    const [a, b] = ['none', 'skip_connect'].map((name) => `|${name}~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|`);
    writeFileSync(list, JSON.stringify([a, b, a]));
    const { out } = await score('--cells-of', list, '--score', 'parameters', '--json');
    expect(JSON.parse(out).cells.map((cell: { architecture: string }) => cell.architecture)).toEqual([a, b]);
    writeFileSync(list, '[3]');
    expect((await score('--cells-of', list)).err).toContain('wanted a JSON list of at least one architecture as text');
  });

  it('names a line that can not be read, and changes nothing', async () => {
    const damaged = folder();
    writeFileSync(join(damaged, 'scores.jsonl'), '{"run":\n{}\n');
    const { code, err } = await score('--sample', '1', '--score', 'parameters', '--out', damaged);
    expect(code).toBe(1);
    expect(err).toContain('scores.jsonl: line 1 is no record of scores');
    expect(readFileSync(join(damaged, 'scores.jsonl'), 'utf8')).toBe('{"run":\n{}\n');
  });

  it('prints the scores of one architecture', async () => {
    const architecture = '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|';
    const { code, out } = await score('--architecture', architecture, '--score', 'synflow', '--json');
    expect(code).toBe(0);
    const [cell] = JSON.parse(out).cells;
    expect(cell.architecture).toBe(architecture);
    expect(cell.scores.synflow).toBeGreaterThan(0);
    expect(cell.seconds.synflow).toBeGreaterThan(0);
  });

  it.each([
    [[], 'got 0 of --architecture, --cells-of and --sample, wanted one'],
    [['--sample', '2', '--architecture', 'x'], 'got 2 of --architecture, --cells-of and --sample'],
    [['--sample', '2', '--score', 'snop'], 'Score "snop" is not known'],
    [['--sample', '20000'], 'got 20000, wanted at most the 15625 architectures'],
    [['--sample', '2', '--source', 'nothing'], "image set 'nothing': no such name or path"],
  ])('used wrongly (%j) says so before a device is opened', async (args, message) => {
    const { code, err } = await runCommand(['score', ...small, ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
