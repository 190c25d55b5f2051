import { AttributeError } from '../../engine/errors/errors.js';

import { type Spread, spread } from './spread.js';

/**
 * Relative improvement over random cells, in per cent: 100 (m - r) / r with m and r the mean accuracies of a method and
 * of random cells trained under the same protocol (Yang et al. 2020, arXiv 1912.12522).
 *
 * The standard error is propagated by the delta method, the two means being independent: with v_m = s_m^2 / n_m and
 * v_r = s_r^2 / n_r, the variance of m / r is to first order v_m / r^2 + m^2 v_r / r^4. It is absent when either side
 * has fewer than two runs, because one run has no deviation.
 *
 * @param accuracies accuracies of the method's runs, as fractions.
 * @param randomAccuracies accuracies of random cells under the same protocol.
 * @throws {AttributeError} without runs on either side, or when the mean of random is zero.
 */
export function relativeImprovement(
  accuracies: readonly number[],
  randomAccuracies: readonly number[],
): RelativeImprovement {
  const method = spread(accuracies);
  const random = spread(randomAccuracies);
  if (random.mean === 0) {
    throw new AttributeError('relativeImprovement: random cells have accuracy 0, wanted one above 0 to divide by.');
  }
  const ratio = method.mean / random.mean;
  const improvement = {
    mean: 100 * (ratio - 1),
    deviation: (100 * method.deviation) / random.mean,
    count: method.count,
    randomCount: random.count,
  };
  if (method.count < 2 || random.count < 2) return improvement;
  const errorOfMethod = method.deviation / Math.sqrt(method.count);
  const errorOfRandom = random.deviation / Math.sqrt(random.count);
  return { ...improvement, standardError: (100 * Math.hypot(errorOfMethod, ratio * errorOfRandom)) / random.mean };
}

/**
 * Relative improvement over random cells in per cent. `deviation` is over the single runs against the mean of random;
 * `standardError` is that of the mean, with the uncertainty of random's mean in it: absent with fewer than two runs on
 * either side. `randomCount` is the number of random runs compared with.
 */
export interface RelativeImprovement extends Spread {
  readonly standardError?: number;
  readonly randomCount?: number;
}
