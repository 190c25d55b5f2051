import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { score, small } from './scoreRun.js';
import { runCommand } from './support.js';

const folder = () => mkdtempSync(join(tmpdir(), 'nastransfer-score-'));
describe('score', () => {
  it('accepts a list of architectures, each once', async () => {
    const list = join(folder(), 'cells.json');
    const [a, b] = ['none', 'skip_connect'].map((name) => `|${name}~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|`);
    writeFileSync(list, JSON.stringify([a, b, a]));
    const { out } = await score('--cells-of', list, '--score', 'parameters', '--json');
    expect(JSON.parse(out).cells.map((cell: { architecture: string }) => cell.architecture)).toEqual([a, b]);
    writeFileSync(list, '[3]');
    expect((await score('--cells-of', list)).err).toContain('wanted a JSON list of at least one architecture as text');
  });

  it('names a line that cannot be parsed, and changes nothing', async () => {
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
