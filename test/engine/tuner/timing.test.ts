import { describe, expect, it } from 'vitest';
import { measureInterleaved, type Repeatable } from '../../../src/engine/tuner/timing.js';

/** A clock of some resolution, in milliseconds, and work on it. */
function pretendedClock(resolution: number) {
  let exact = 0;
  const log: [string, number][] = [];
  const now = () => {
    exact += 1e-4;
    return Math.floor(exact / resolution) * resolution;
  };
  const work =
    (name: string, milliseconds: number): Repeatable =>
    async (times) => {
      log.push([name, times]);
      exact += times * milliseconds;
    };
  return { now, work, log };
}

describe('timing of candidates', () => {
  it.each([0.001, 0.1, 1])('repeats short work until a clock with steps of %f ms resolves it', async (resolution) => {
    const { now, work, log } = pretendedClock(resolution);
    const [short, long] = await measureInterleaved([work('short', 0.02), work('long', 70)], 3, now);
    for (const seconds of short) expect(seconds).toBeCloseTo(0.02e-3, 5);
    for (const seconds of long) expect(seconds).toBeCloseTo(70e-3, 2);
    const repetitions = Math.max(...log.filter(([name]) => name === 'short').map(([, times]) => times));
    expect(repetitions * 0.02).toBeGreaterThanOrEqual(Math.max(5, 20 * resolution) * 0.95);
    expect(log.filter(([name]) => name === 'long').every(([, times]) => times === 1)).toBe(true);
  });

  it('goes through all candidates in every round, from another one on each time', async () => {
    const { now, work, log } = pretendedClock(0.001);
    await measureInterleaved([work('a', 10), work('b', 10), work('c', 10)], 3, now);
    const rounds = log.slice(-9).map(([name]) => name);
    expect(rounds.join('')).toBe('abcbcacab');
  });
});
