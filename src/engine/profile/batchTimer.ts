/** How batches of repetitions are timed. */
export interface BatchTiming {
  /** The clock, in milliseconds; default: `performance.now`. */
  readonly now?: () => number;
  /** Least duration of a batch; default 1 ms. */
  readonly leastMilliseconds?: number;
  /** Number of batches that are timed, of which the median counts; default 3. */
  readonly rounds?: number;
  /** Most repetitions of a batch; default 2^20. */
  readonly most?: number;
}

/** Least duration of a batch in steps of the clock, so that the clock's resolution causes an error of a few percent. */
const STEPS = 30;

/** Most growth from one batch to the next: the first ones are too short to extrapolate from. */
const GROWTH = 8;

/** Smallest step of a clock, in milliseconds. `performance.now()` has steps of 0.1 ms in some browsers. */
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
 * Times one repetition by a clock that may be too coarse for it: batches of repetitions grow until the clock resolves them. The
 * fixed cost of a batch, measured on a batch without repetitions, is subtracted.
 * @param run does a number of repetitions and resolves when they are done
 * @returns milliseconds of one repetition
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
