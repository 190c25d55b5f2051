import { clockResolution } from '../profile/batchTimer.js';

/** Does its work a number of times and resolves when the device has finished. */
export type Repeatable = (times: number) => Promise<void>;

/** Times candidates. @returns for each candidate, the seconds of one repetition in each of `rounds` rounds */
export type Measure = (candidates: readonly Repeatable[], rounds: number) => Promise<number[][]>;

/** Least duration of a batch, in steps of the clock and in milliseconds, so that the wait at its end is negligible. */
const LEAST_STEPS = 20;
const LEAST_MILLISECONDS = 5;

/** Most growth from one batch to the next: the first ones are too short to extrapolate from. */
const MOST_GROWTH = 16;
const MOST_REPETITIONS = 2 ** 16;

/**
 * Times candidates in batches that the clock resolves. Every round times all candidates, each round starting with another one, so
 * that temporary load on the machine affects all of them.
 * @param now the clock, in milliseconds
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
