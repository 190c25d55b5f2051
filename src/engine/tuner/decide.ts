import type { Measure, Repeatable } from './timing.js';

/** Rounds in which all variants are timed, and in which the quickest is then timed against the usual one. */
const ROUNDS = 3;
const FINAL_ROUNDS = 7;
/** Final rounds that it may lose. */
const FINAL_ROUNDS_LOST = 1;

export interface Decision {
  /** Index of the variant to take. */
  readonly chosen: number;
  /** Median seconds of every variant. */
  readonly seconds: readonly number[];
}

/**
 * The quickest of variants, where it is clearly quicker than the first: of several alike, noise makes one look best, so it is
 * timed once more against the first. Ratios are taken within rounds, in which the machine was as busy for both.
 * @param leastGain the share of the first one's time that has to be saved
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
