import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { ensureBuilt, root } from '../../package/built.js';
import { nastransfer } from './child.js';
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

// Every process compiles its kernels: seconds on lavapipe, more on SwiftShader.
describe('a study on the device', () => {
  it('writes results and a report; is not repeated when done; report rewrites its pages', async () => {
    const out = join(folder, 'smoke');
    const args = ['study', join('studies', 'smoke.json'), '--out', out];
    const first = await nastransfer(args, { cwd: root });
    expect(first.code, first.err).toBe(0);
    expect(first.out).toContain(`report: ${join(out, 'report.html')}`);
    const results = resultsIn(out);
    expect(results.jobs).toHaveLength(2);
    for (const job of results.jobs) {
      expect(job).toMatchObject({ source: 'emoji', target: 'mnist', seed: 0 });
      expect(job.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(job.architecture).toMatch(/^\|\S+\|$/);
      expect(job.accuracy).toBeGreaterThan(0);
      expect(job.accuracy).toBeLessThanOrEqual(1);
    }
    expect(results.summary.cells).toHaveLength(2);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toContain('smoke');

    const jobs = readFileSync(join(out, 'jobs.jsonl'), 'utf8');
    const second = await nastransfer(args, { cwd: root });
    expect(second.code, second.err).toBe(0);
    expect(second.err).toContain('smoke: 0 jobs to do, 5 done before');
    expect(second.out).toBe(first.out);
    expect(readFileSync(join(out, 'jobs.jsonl'), 'utf8')).toBe(jobs);
    expect(resultsIn(out)).toEqual(results);

    rmSync(join(out, 'report.html'));
    const again = await nastransfer(['report', out]);
    expect(again.code, again.err).toBe(0);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toBe(report);
  });
});
