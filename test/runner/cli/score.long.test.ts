// Long: scores are stored cell by cell, and are the same after an interruption
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { score } from './scoreRun.js';

const folder = () => mkdtempSync(join(tmpdir(), 'nastransfer-score-'));
describe('score', () => {
  it('keeps every finished cell, and resumes to the same results', async () => {
    const whole = folder();
    const args = ['--sample', '3', '--seed', '5', '--score', 'snip', '--score', 'parameters'];
    expect((await score(...args, '--out', whole)).code).toBe(0);
    const lines = readFileSync(join(whole, 'scores.jsonl'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(3);

    const stopped = folder();
    // Half of the second line, as after a killed process.
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

    // Another score is added; with another seed nothing is reused.
    await score('--sample', '3', '--seed', '5', '--score', 'fisher', '--out', whole);
    expect(readFileSync(join(whole, 'scores.jsonl'), 'utf8').trim().split('\n')).toHaveLength(6);
    await score(...args.with(3, '6'), '--out', whole);
    expect(readFileSync(join(whole, 'scores.jsonl'), 'utf8').trim().split('\n')).toHaveLength(9);
  });
});
