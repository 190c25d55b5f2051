import type { Measure, Repeatable } from './timing.js';

/** Rounds in which all variants are timed, and rounds in which the fastest is then timed against the usual one. */
const ROUNDS = 3;
const FINAL_ROUNDS = 7;
/** Final rounds in which it may be slower. */
const FINAL_ROUNDS_LOST = 1;

/** Result of `decide`. */
export interface Decision {
  /** Index of the chosen variant. */
  readonly chosen: number;
  /** Median seconds of every variant. */
  readonly seconds: readonly number[];
}

/**
 * Chooses the fastest variant if it is clearly faster than the first, which is the usual one. The minimum of several noisy times is
 * biased, so the fastest is timed again against the usual one. Times are compared by their ratios within rounds, because the load
 * of the machine changes between rounds.
 * @param variants run a variant a number of times
 * @param leastGain share of the usual variant's time that has to be saved
 */
export async function decide(variants: readonly Repeatable[], measure: Measure, leastGain: number): Promise<Decision> {
  const rounds = await measure(variants, ROUNDS);
  const seconds = rounds.map(median);
  const ratios = rounds.map((times) => ratio(times, rounds[0]));
  const best = ratios.indexOf(Math.min(...ratios));
  if (best === 0 || ratios[best] > 1 - leastGain) return { chosen: 0, seconds };
  const [usual, other] = await measure([variants[0], variants[best]], FINAL_ROUNDS);
  seconds[0] = median(usual);
  seconds[best] = median(other);
  const slower = other.filter((each, round) => each >= usual[round]).length;
  return { chosen: ratio(other, usual) <= 1 - leastGain && slower <= FINAL_ROUNDS_LOST ? best : 0, seconds };
}

/** Median of the ratios of two variants' times in the same rounds. */
function ratio(times: readonly number[], others: readonly number[]): number {
  return median(times.map((seconds, round) => seconds / others[round]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
