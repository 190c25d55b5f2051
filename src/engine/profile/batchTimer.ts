/** How batches are timed; tests pass a clock of their own. */
export interface BatchTiming {
  /** Milliseconds, rising. */
  readonly now?: () => number;
  /** A batch takes at least this long, however fine the clock is. */
  readonly leastMilliseconds?: number;
  /** Batches that are timed; the median counts. */
  readonly rounds?: number;
  /** Repetitions of one batch are at most this many. */
  readonly most?: number;
}

/** Steps of the clock that a batch lasts at least, so that its grain is an error of a few percent. */
const STEPS = 30;

/** Batches grow to at most this many times the one before: the first ones are too short to extrapolate from. */
const GROWTH = 8;

/** The smallest step that a clock makes, in milliseconds; performance.now() has steps of 0.1 ms in some browsers. */
export function clockResolution(now: () => number = () => performance.now()): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < 5; sample++) {
    const start = now();
    let end = now();
    while (end === start) end = now();
    smallest = Math.min(smallest, end - start);
  }
  return smallest;
}

/**
 * Milliseconds of one repetition, by a clock that may be too coarse for it: batches of repetitions grow until the clock
 * resolves them. What a batch costs however small it is, measured on one of no repetitions, is taken off.
 * @param run does that many repetitions, and resolves when they are done
 */
export async function timeRepetitions(
  run: (repetitions: number) => Promise<void>,
  { now = () => performance.now(), leastMilliseconds = 1, rounds = 3, most = 2 ** 20 }: BatchTiming = {},
): Promise<number> {
  const time = async (repetitions: number): Promise<number> => {
    const start = now();
    await run(repetitions);
    return now() - start;
  };
  // The first batch may compile a kernel or touch fresh memory.
  await time(1);
  const fixed = median([await time(0), await time(0), await time(0)]);
  const least = Math.max(leastMilliseconds, STEPS * clockResolution(now));
  let repetitions = 1;
  let milliseconds = (await time(repetitions)) - fixed;
  while (milliseconds < least && repetitions < most) {
    const wanted =
      milliseconds > 0 ? Math.ceil((1.2 * least) / (milliseconds / repetitions)) : Number.POSITIVE_INFINITY;
    repetitions = Math.min(most, GROWTH * repetitions, Math.max(2 * repetitions, wanted));
    milliseconds = (await time(repetitions)) - fixed;
  }
  const times = [milliseconds];
  while (times.length < rounds) times.push((await time(repetitions)) - fixed);
  return Math.max(0, median(times)) / repetitions;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
