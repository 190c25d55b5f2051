import { clockResolution } from '../profile/batchTimer.js';

/** Does its work some times and resolves when the device is done with it. */
export type Repeatable = (times: number) => Promise<void>;

/** @returns for each of the candidates, the seconds of one repetition in every round; all have as many rounds */
export type Measure = (candidates: readonly Repeatable[], rounds: number) => Promise<number[][]>;

/** Steps of the clock that a batch lasts at least, and milliseconds, against which the wait at its end is little. */
const LEAST_STEPS = 20;
const LEAST_MILLISECONDS = 5;

/** Batches grow to at most this many times the one before: the first ones are too short to extrapolate from. */
const MOST_GROWTH = 16;
const MOST_REPETITIONS = 2 ** 16;

/**
 * Times candidates in batches long enough for the clock. Rounds go through all of them, every round from another one on, so
 * that what slows the machine for a while slows all of them.
 */
export async function measureInterleaved(
  candidates: readonly Repeatable[],
  rounds: number,
  now = () => performance.now(),
): Promise<number[][]> {
  const time = async (candidate: Repeatable, repetitions: number): Promise<number> => {
    const start = now();
    await candidate(repetitions);
    return now() - start;
  };
  const least = Math.max(LEAST_MILLISECONDS, LEAST_STEPS * clockResolution(now));
  const repetitions: number[] = [];
  for (const candidate of candidates) repetitions.push(await repetitionsFor((count) => time(candidate, count), least));
  const times: number[][] = candidates.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < candidates.length; i++) {
      const index = (round + i) % candidates.length;
      const milliseconds = await time(candidates[index], repetitions[index]);
      times[index].push(milliseconds / 1000 / repetitions[index]);
    }
  return times;
}

async function repetitionsFor(time: (repetitions: number) => Promise<number>, least: number): Promise<number> {
  // The first run may touch fresh memory.
  await time(1);
  let repetitions = 1;
  for (;;) {
    const milliseconds = await time(repetitions);
    if (milliseconds >= least || repetitions >= MOST_REPETITIONS) return repetitions;
    const growth = Math.ceil((1.2 * least) / Math.max(milliseconds, least / MOST_GROWTH));
    repetitions = Math.min(MOST_REPETITIONS, repetitions * Math.max(2, growth));
  }
}
