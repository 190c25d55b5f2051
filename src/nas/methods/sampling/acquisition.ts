import type { Random } from '../../../engine/random/random.js';

/** Acquisition functions: how predictions rank the candidates of the next round. */
export const ACQUISITIONS = ['uniform-top', 'ei', 'ucb', 'pi', 'thompson', 'its'] as const;
export type Acquisition = (typeof ACQUISITIONS)[number];

/** The weight of the deviation in the upper confidence bound of WeakNAS's code. */
const UCB_WEIGHT = 0.5;

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/**
 * Distribution function of the standard normal, to 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26).
 */
export function normalDistribution(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - polynomial * Math.exp(-z * z);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

/** Expected improvement over `best` of a value normal about `mean` (Mockus 1975): s (g F(g) + f(g)), g = (mean - best) / s. */
export function expectedImprovement(mean: number, deviation: number, best: number): number {
  if (deviation <= 0) return Math.max(0, mean - best);
  const gain = (mean - best) / deviation;
  return deviation * (gain * normalDistribution(gain) + normalDensity(gain));
}

/** Probability of a value above `best`. */
export function probabilityOfImprovement(mean: number, deviation: number, best: number): number {
  if (deviation <= 0) return mean > best ? 1 : 0;
  return normalDistribution((mean - best) / deviation);
}

export interface AcquisitionInput {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** Highest value so far. */
  readonly best: number;
}

/** Scores of all candidates, the higher the better, by an acquisition function of each alone; `its` samples from `random`. */
export function acquisitionScores(
  acquisition: Exclude<Acquisition, 'uniform-top' | 'thompson'>,
  { mean, deviation, best }: AcquisitionInput,
  random: Random,
): Float64Array {
  if (acquisition === 'ei') return mean.map((value, i) => expectedImprovement(value, deviation[i], best));
  if (acquisition === 'ucb') return mean.map((value, i) => value + UCB_WEIGHT * deviation[i]);
  if (acquisition === 'pi') return mean.map((value, i) => probabilityOfImprovement(value, deviation[i], best));
  return mean.map((value, i) => value + deviation[i] * random.normal());
}
