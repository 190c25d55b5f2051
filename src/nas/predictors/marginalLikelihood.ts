import { cholesky, solveLower, solveLowerTransposed } from '../math/linearAlgebra.js';
import { covarianceOf, type Kernel } from './covariance.js';

export interface Hyperparameters {
  readonly lengthScale: number;
  /** Variance of the noise over that of the signal. */
  readonly noise: number;
}

const LEAST_NOISE = 1e-6;
const MOST_NOISE = 1e3;
/** Largest ratio between the length scale and the typical distance. */
const MOST_SCALES = 30;

/**
 * Hyperparameters that maximise the marginal likelihood, where they are not given: a pattern search over the two logarithms with
 * shrinking steps, from the typical distance. The likelihood is smooth, and each evaluation costs O(rows^3).
 * @param squared squared distances between the rows, rows x rows
 * @param targets standardised, one for each row
 */
export function likeliestHyperparameters(
  kernel: Kernel,
  squared: Float64Array,
  targets: Float64Array,
  known: Partial<Hyperparameters>,
): Hyperparameters & { readonly logLikelihood: number } {
  const typical = Math.sqrt(squared.reduce((sum, value) => sum + value, 0) / squared.length) || 1;
  const judged = (at: Hyperparameters) => {
    const result = factor(kernel, squared, targets, at);
    return { ...at, logLikelihood: result?.logLikelihood ?? Number.NEGATIVE_INFINITY };
  };
  const allowed = ({ lengthScale, noise }: Hyperparameters) =>
    (known.lengthScale !== undefined || Math.abs(Math.log(lengthScale / typical)) <= Math.log(MOST_SCALES)) &&
    (known.noise !== undefined || (noise >= LEAST_NOISE && noise <= MOST_NOISE));
  let best = judged({ lengthScale: known.lengthScale ?? typical, noise: known.noise ?? 0.1 });
  if (known.lengthScale !== undefined && known.noise !== undefined) return best;
  for (let step = 4; step > 1.05; ) {
    const before = best;
    for (const times of [step, 1 / step]) {
      const moves: Hyperparameters[] = [];
      if (known.lengthScale === undefined) moves.push({ ...best, lengthScale: best.lengthScale * times });
      if (known.noise === undefined) moves.push({ ...best, noise: best.noise * times ** 2 });
      for (const move of moves.filter(allowed)) {
        const result = judged(move);
        if (result.logLikelihood > best.logLikelihood + 1e-6) best = result;
      }
    }
    if (best === before) step = Math.sqrt(step);
  }
  return best;
}

/**
 * With the signal variance at its maximum likelihood estimate, y^T (K + noise)^-1 y / n, the log marginal likelihood is
 * -(n log signal + log det(K + noise) + n (1 + log 2 pi)) / 2.
 * @param squared squared distances between the rows, rows x rows
 * @param targets standardised, one for each row
 * @returns the Cholesky factor of K + noise, (K + noise)^-1 y, the estimated signal variance and its log likelihood;
 *   undefined where the matrix is not positive definite because of rounding
 */
export function factor(kernel: Kernel, squared: Float64Array, targets: Float64Array, at: Hyperparameters) {
  const { lengthScale, noise } = at;
  const rows = targets.length;
  const lower = squared.slice();
  covarianceOf(kernel, lengthScale)(lower);
  for (let i = 0; i < rows; i++) lower[i * rows + i] += noise;
  if (!cholesky(lower, rows)) return undefined;
  const weights = targets.slice();
  solveLower(lower, rows, weights);
  let fit = 0;
  for (const value of weights) fit += value * value;
  solveLowerTransposed(lower, rows, weights);
  // Constant targets have no signal.
  const signal = Math.max(fit / rows, 1e-12);
  let logDeterminant = 0;
  for (let i = 0; i < rows; i++) logDeterminant += 2 * Math.log(lower[i * rows + i]);
  const logLikelihood = -(rows * Math.log(signal) + logDeterminant + rows * (1 + Math.log(2 * Math.PI))) / 2;
  return { lower, weights, signal, logLikelihood };
}
