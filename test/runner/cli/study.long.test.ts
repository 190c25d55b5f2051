// Long: a study in a process that is killed and started again ends with the results of one that is not
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { withoutTimes } from '../../nas/transfer/fakes.js';
import { ensureBuilt } from '../../package/built.js';
import { nastransfer, start } from './child.js';
import { dataFolder } from './support.js';

let data: string;
let folder: string;
beforeAll(async () => {
  await ensureBuilt();
  data = dataFolder();
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-studies-'));
});
afterAll(() => {
  for (const path of [data, folder]) rmSync(path, { recursive: true, force: true });
});

const resultsIn = (out: string): StudyResults => JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
const jobsDone = (out: string): number => readFileSync(join(out, 'jobs.jsonl'), 'utf8').trim().split('\n').length;

// Every process compiles its kernels: seconds on lavapipe, more on SwiftShader.
describe('a study on the device', () => {
  it('killed in the middle and run again, ends with the results of an uninterrupted study', async () => {
    const file = join(folder, 'killed.json');
    const study = {
      name: 'killed',
      methods: ['random', { name: 'regularized-evolution', options: { population: 2, cycles: 3 } }, 'darts'],
      sources: ['tiny'],
      targets: [{ set: 'tiny', limit: 30 }],
      seeds: [0, 1],
      search: { epochs: 2, batch: 10, channels: 4, cells: 1, imageSize: 8, imageChannels: 1 },
      fitness: { epochs: 1 },
      training: { epochs: 2, batch: 10, channels: 4, cells: 1, imageSize: 8, imageChannels: 1 },
    };
    writeFileSync(file, JSON.stringify(study));
    const args = (out: string) => ['study', file, '--out', out, '--data-dir', data];
    const whole = join(folder, 'whole');
    const killed = join(folder, 'resumed');
    const uninterrupted = await nastransfer(args(whole));
    expect(uninterrupted.code, uninterrupted.err).toBe(0);

    // Once after a training, once in the middle of a search with DARTS.
    for (const moment of [/training on tiny.*: done/, /darts on tiny.*: preparing/]) {
      const before = existsSync(killed) ? jobsDone(killed) : 0;
      const ended = await start(args(killed), {}, (err, kill) => moment.test(err) && kill()).ended;
      expect(ended.code, ended.err).toBeNull();
      expect(existsSync(join(killed, 'results.json'))).toBe(false);
      expect(jobsDone(killed)).toBeGreaterThan(before);
      expect(jobsDone(killed)).toBeLessThan(jobsDone(whole));
    }
    const resumed = await nastransfer(args(killed));
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err).toMatch(/removed the lock of a process that no longer runs/);
    expect(withoutTimes(resultsIn(killed))).toEqual(withoutTimes(resultsIn(whole)));
    expect(statSync(join(killed, 'report.html')).size).toBeGreaterThan(10_000);
  });
});
