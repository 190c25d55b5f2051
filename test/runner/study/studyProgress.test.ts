import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../runner/progress/progress.js';
import { countJobs, showJobs } from '../../../runner/study/studyProgress.js';
import type { EpochRecord } from '../../../src/nas/records/epochRecord.js';
import { planStudy } from '../../../src/nas/transfer/plan.js';
import { type Executors, runStudy } from '../../../src/nas/transfer/study.js';
import { fakeContext, fakeExecutors, fakeProvenance, fakeStudy, MemoryStore } from '../../nas/transfer/fakes.js';

function count(kinds: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('the job counts of a study', () => {
  it('are all pending at first, those that sources share once', async () => {
    const plan = await planStudy(fakeStudy, fakeContext);
    const { kinds, done } = await countJobs(plan, new MemoryStore());
    expect(done).toBe(0);
    expect(count(kinds)).toEqual({ baseline: 2, 'search random': 2, 'search regularized-evolution': 4, training: 12 });
  });

  it('add up to the same number at whatever point the study was stopped', async () => {
    const plan = await planStudy(fakeStudy, fakeContext);
    const whole = new MemoryStore();
    await runStudy(plan, { ...fakeExecutors(), store: whole, provenance: fakeProvenance });
    const store = new MemoryStore();
    for (const record of whole.records.values()) {
      await store.append(record);
      const { kinds, done } = await countJobs(plan, store);
      expect(done).toBe(store.records.size);
      expect(done + kinds.length).toBe(20);
    }
  });
});

describe('the progress of a study', () => {
  const record: EpochRecord = { epoch: 0, learningRate: 0.1, trainLoss: 1.25, trainAccuracy: 0.5 };
  const run = async (executors: Partial<Executors>) => {
    const lines: string[] = [];
    const progress = createProgress({ write: (text) => lines.push(text.trimEnd()) }, { live: false, plainInterval: 0 });
    const plan = await planStudy({ ...fakeStudy, seeds: [0], sources: fakeStudy.sources.slice(0, 1) }, fakeContext);
    const store = new MemoryStore();
    const { kinds, done } = await countJobs(plan, store);
    progress.beginStudy(kinds, done);
    const all = { ...fakeExecutors(), ...executors, store, provenance: fakeProvenance };
    await runStudy(plan, { ...all, onEvent: showJobs(progress) });
    return lines;
  };

  it('counts steps if a job reports them and shows its loss', async () => {
    const lines = await run({
      train: async (task, report) => {
        report({ kind: 'step', done: 10, total: 40, loss: 2.5 });
        report({ kind: 'epoch', done: 1, total: 4, record });
        report({ kind: 'step', done: 20, total: 40, loss: 1.5 });
        return fakeExecutors().train(task, report);
      },
    });
    const steps = lines.filter((line) => line.includes('training on near') && line.includes('step'));
    expect(steps.map((line) => line.match(/step \d+\/\d+/)?.[0])).toEqual(
      expect.arrayContaining(['step 10/40', 'step 20/40']),
    );
    expect(lines.filter((line) => line.startsWith('[4/8] training on near, seed 0: '))[0]).toContain(
      'preparing kernels',
    );
    expect(steps.some((line) => line.includes('loss 1.500'))).toBe(true);
    expect(lines.some((line) => line.includes('epoch'))).toBe(false);
  });

  it('counts evaluations of a search, whatever phases it reports around them', async () => {
    const phase = { kind: 'phase', phase: 'evaluation', index: 1, count: 4 } as const;
    const lines = await run({
      search: async (task, report) => {
        report({ ...phase, state: 'start' });
        report({ ...phase, state: 'end' });
        report({ kind: 'evaluation', done: 1, total: 4, architecture: 'a', fitness: 0.5 });
        return fakeExecutors().search(task, report);
      },
    });
    expect(lines.some((line) => line.includes('architecture 1/4'))).toBe(true);
    expect(lines.some((line) => line.includes('phase') || line.includes('undefined'))).toBe(false);
  });

  it('counts the time of a job from its start, whatever it reports and when', async () => {
    const lines = await run({
      train: async (task, report) => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        report({ kind: 'step', done: 8, total: 8 });
        return fakeExecutors().train(task, report);
      },
    });
    const ends = lines.filter((line) => /training on .*: done in/.test(line));
    expect(ends).toHaveLength(4);
    for (const end of ends) expect(Number(end.match(/done in (\S+) s/)?.[1])).toBeGreaterThanOrEqual(0.1);
    expect(lines.filter((line) => line.includes('random on left'))).toEqual([
      expect.stringMatching(/^\[\d\/8\] random on left, seed 0: done in /),
    ]);
  });

  it('counts epochs if a job reports nothing finer, and ends every job with its result', async () => {
    const lines = await run({
      train: async (task, report) => {
        report({ kind: 'epoch', done: 1, total: 4, record });
        return fakeExecutors().train(task, report);
      },
    });
    expect(lines.some((line) => line.includes('epoch 1/4') && line.includes('loss 1.250'))).toBe(true);
    const ends = lines.filter((line) => line.includes(': done in'));
    expect(ends).toHaveLength(8);
    expect(ends[0]).toMatch(/^\[1\/8\] linear classifier on near: done in .*, accuracy \d+\.\d %$/);
    expect(ends.at(-1)).toMatch(/^\[8\/8\] training on far, seed 0: done in .*, accuracy \d+\.\d %$/);
  });
});
