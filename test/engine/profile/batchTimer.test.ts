import { describe, expect, it } from 'vitest';
import { clockResolution, timeRepetitions } from '../../../src/engine/profile/batchTimer.js';

/** A device that takes `fixed` milliseconds a batch and `each` a repetition, seen by a clock of some resolution. */
function pretendedDevice({ fixed, each, resolution }: { fixed: number; each: number; resolution: number }) {
  let time = 0;
  const batches: number[] = [];
  return {
    batches,
    // Reading the clock takes time too, otherwise a coarse one would never advance.
    now: () => Math.floor((time += 0.0005) / resolution) * resolution,
    run: async (repetitions: number) => {
      batches.push(repetitions);
      time += fixed + each * repetitions;
    },
  };
}

describe('batches of repetitions', () => {
  it.each([
    [0.001, 0.1],
    [0.037, 0.1],
    [0.0004, 0.005],
    [2.5, 0.1],
    [80, 1],
  ])('time %d ms by a clock with steps of %d ms, whatever a batch costs besides', async (each, resolution) => {
    const { run, now } = pretendedDevice({ fixed: 0.6, each, resolution });
    const measured = await timeRepetitions(run, { now });
    // Readings at both ends of the batch and of the empty batch that is subtracted.
    expect(Math.abs(measured - each) / each).toBeLessThan(0.1);
  });

  it('grow until the clock resolves them, up to the given limit', async () => {
    const { run, now, batches } = pretendedDevice({ fixed: 0.1, each: 0.01, resolution: 0.1 });
    await timeRepetitions(run, { now });
    expect(Math.max(...batches) * 0.01).toBeGreaterThanOrEqual(3);
    const capped = pretendedDevice({ fixed: 0.1, each: 0.00001, resolution: 0.1 });
    expect(await timeRepetitions(capped.run, { now: capped.now, most: 64 })).toBeGreaterThanOrEqual(0);
    expect(Math.max(...capped.batches)).toBe(64);
  });

  it('run once per round where one repetition is long enough', async () => {
    const { run, now, batches } = pretendedDevice({ fixed: 0.1, each: 50, resolution: 0.1 });
    await timeRepetitions(run, { now, rounds: 2 });
    expect(batches).toEqual([1, 0, 0, 0, 1, 1]);
  });
});

describe('the resolution of a clock', () => {
  it('is the smallest step it makes', () => {
    const { now } = pretendedDevice({ fixed: 0, each: 0, resolution: 0.1 });
    expect(clockResolution(now)).toBeCloseTo(0.1, 6);
  });
});
