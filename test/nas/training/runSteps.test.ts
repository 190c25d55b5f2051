import { describe, expect, it } from 'vitest';
import { runSteps } from '../../../src/nas/training/loop/runSteps.js';

/** Steps after which the host waited, and steps that were submitted. */
async function run(count: number, ahead: number, before?: number, signal?: AbortSignal) {
  const waited: number[] = [];
  const submitted: number[] = [];
  const steps = Array.from({ length: count }, (_, index) => index);
  const engine = { idle: async () => void waited.push(submitted.length - 1) };
  const failure = await runSteps(steps, { engine, ahead, before, signal }, (step) => void submitted.push(step)).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { waited, submitted, failure };
}

describe('steps that are submitted ahead', () => {
  it('are waited for after the first two of a training, and then after every so many of an epoch', async () => {
    expect((await run(20, 8, 0)).waited).toEqual([0, 1, 7, 15]);
    expect((await run(20, 8, 20)).waited).toEqual([7, 15]);
    // An epoch of one step: the second step of the training is in the second epoch.
    const waited: number[][] = [];
    for (const before of [0, 1, 2]) waited.push((await run(1, 8, before)).waited);
    expect(waited).toEqual([[0], [0], []]);
  });

  it('are waited for after every so many alone where they are no training', async () => {
    expect((await run(20, 8)).waited).toEqual([7, 15]);
  });

  it('stop before the next step when the signal is aborted, with its reason', async () => {
    const controller = new AbortController();
    const submitted: number[] = [];
    const reason = new Error('stop');
    const work = runSteps(
      [0, 1, 2, 3],
      { engine: { idle: async () => {} }, ahead: 8, signal: controller.signal },
      (step) => {
        submitted.push(step);
        if (step === 1) controller.abort(reason);
      },
    );
    await expect(work).rejects.toBe(reason);
    expect(submitted).toEqual([0, 1]);
    expect(await run(3, 8, 0, controller.signal)).toEqual({ waited: [], submitted: [], failure: reason });
  });
});
