import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LADDER } from '../../../runner/quickstart/sizes.js';
import { noTunings, runCommand } from './support.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-quickstart-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const start = (args: readonly string[] = [], speed = 1, failure?: Error) =>
  runCommand(['quickstart', '--out', folder, '--adapter', 'a pretended device', ...args], failure, noTunings, speed);

describe('quickstart', () => {
  it('states what it does, times the device, and prints plan and estimate before the first job', async () => {
    const { code, out, err, gpusLeftOpen } = await start();
    expect(code, err).toBe(0);
    const lines = err.split('\n');
    expect(lines[0]).toMatch(/^quickstart: a study of three methods, two sources and two seeds/);
    expect(lines[1]).toMatch(/^quickstart: timing a pretended device to plan for 2 min/);
    const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
    expect(at(/^timed: .*20 ms per training step, 100 ms per DARTS step/)).toBe(2);
    expect(at(/^planned: .*fits into 2 minutes/)).toBeGreaterThan(2);
    expect(at(/^planned: the learning rate of DARTS.*not the published 0\.0003/)).toBeGreaterThan(2);
    expect(at(/^estimate: about .* in all/)).toBeLessThan(at(/^\[1\/\d+\]/));
    expect(lines.at(-1)).toMatch(/^quickstart took .*; the estimate was /);
    expect(out).toMatch(/digits: a linear classifier/);
    expect(gpusLeftOpen).toBe(0);
  });

  it('gives a faster device a larger study for the same minutes, and more minutes as well', async () => {
    const rungs = [];
    for (const [minutes, speed, seed] of [
      ['1', 1, '0'],
      ['1', 100, '1'],
      ['100', 100, '2'],
    ] as const) {
      expect((await start(['--minutes', minutes, '--seed', seed], speed)).code).toBe(0);
      rungs.push(read('plan.json').rung);
    }
    expect(rungs[1]).toBeGreaterThan(rungs[0]);
    expect(rungs[2]).toBeGreaterThan(rungs[1]);
    expect(read('plan.json')).toMatchObject({ minutes: 100, seed: 2, device: 'a pretended device' });
  });

  it('states that even the smallest study will take longer, and runs it', async () => {
    const { code, err } = await start(['--minutes', '0.2'], 0.5);
    expect(code).toBe(0);
    expect(err).toContain('the smallest study, which takes longer than the 0.2 minutes asked for');
    expect(read('plan.json').rung).toBe(0);
  });

  it('resumes with the same plan when run again, without timing, on a device that has become faster', async () => {
    const stopped = await start(['--minutes', '3'], 1, new Error('stopped'));
    expect(stopped.code).toBe(1);
    const { rung } = read('plan.json');
    const again = await start([], 1000);
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain('continues the study planned before, for 3 min');
    expect(again.work.filter((what) => what.startsWith('time '))).toEqual([]);
    expect(read('plan.json').rung).toBe(rung);
    const third = await start(['--minutes', '3', '--seed', '0']);
    expect(third.work).toEqual([]);
  });

  it('plans again, and states why, for other minutes, another seed or another device', async () => {
    await start();
    const minutes = await start(['--minutes', '9']);
    expect(minutes.err).toContain('planned for 2 minutes, now 9: making a new plan');
    const seed = await start(['--seed', '5']);
    expect(seed.err).toContain('planned with seed 0, now 5: making a new plan');
    expect(read('quickstart.json').seeds).toEqual([5, 6]);
    expect(read('plan.json').minutes).toBe(9);
    const device = await start(['--adapter', 'another']);
    expect(device.err).toContain('planned on a pretended device, now another: making a new plan');
  });

  it.each([
    '',
    '{',
    '{}',
    '{"minutes": 2}',
    JSON.stringify({ minutes: 2, seed: 0, device: 'x', rung: -1, estimate: 1 }),
  ])('plans anew where its plan reads %j', async (text) => {
    await start();
    writeFileSync(join(folder, 'plan.json'), text);
    const { code, work } = await start();
    expect(code).toBe(0);
    expect(work.every((what) => what.startsWith('time '))).toBe(true);
    expect(work.length).toBeGreaterThan(0);
  });

  it('writes a study file that `study` runs again exactly: it finds all jobs done', async () => {
    await start();
    const file = join(folder, 'quickstart.json');
    expect(read('results.json').rerun).toBe(`nastransfer study ${file}`);
    const { code, work } = await runCommand(['study', file, '--out', folder, '--adapter', 'a pretended device']);
    expect(code).toBe(0);
    expect(work).toEqual([]);
  });

  it('samples different cells for every source, and prints the results as JSON only', async () => {
    const { out, err } = await start(['--json']);
    const results = JSON.parse(out);
    expect(err).toBe('');
    const random = results.searches.filter((search: { method: string }) => search.method === 'random');
    expect(random).toHaveLength(4);
    expect(new Set(random.map((search: { hash: string }) => search.hash)).size).toBe(4);
    expect(results.notes[0]).toContain('published 0.0003');
  });

  it.each(['0', '-1', 'two', ''])('refuses --minutes %j', async (minutes) => {
    const { code, err } = await start(['--minutes', minutes]);
    expect([code, err]).toEqual([2, expect.stringContaining('Wanted a number above 0')]);
  });

  it('never leaves the list of sizes', async () => {
    await start(['--minutes', '100000'], 1e6);
    expect(read('plan.json').rung).toBe(LADDER.length - 1);
  });
});
