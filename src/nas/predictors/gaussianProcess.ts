import { z } from 'zod';
import { Random } from '../../engine/random/random.js';
import { Distances } from './distances.js';
import { selectRows } from './encodings.js';
import { PredictorError } from './errors.js';
import { cholesky, solveLower, solveLowerTransposed } from './linearAlgebra.js';
import type { Features, Prediction, Predictor, Regressor } from './predictor.js';
import { requireFitted, standardiseTargets } from './targets.js';

const options = z.strictObject({
  kernel: z.enum(['rbf', 'matern52']).default('matern52').describe('covariance by Euclidean distance'),
  lengthScale: z.number().positive().optional().describe('left out, the likeliest'),
  noise: z
    .number()
    .positive()
    .optional()
    .describe('variance of the noise over that of the signal; left out, the likeliest'),
  signal: z
    .number()
    .positive()
    .optional()
    .describe('variance of the signal for standardised targets; left out, the likeliest'),
  likelihoodRows: z.int().min(2).default(300).describe('rows that the likeliest is judged on, at most'),
});
type ProcessOptions = z.infer<typeof options>;
type Kernel = ProcessOptions['kernel'];

const NAME = 'gaussian-process';

/**
 * Gaussian process regression (Rasmussen and Williams, Gaussian Processes for Machine Learning, algorithm 2.1), with the
 * length scale, signal and noise that maximise the marginal likelihood (section 5.4.1). The deviation is that of the
 * function, without noise; it costs much more than the mean and is computed when it is first read.
 */
export const gaussianProcess: Predictor<ProcessOptions> = {
  name: NAME,
  options,
  needsEngine: false,
  encoding: 'one-hot',
  create: ({ seed }, chosen) => new GaussianProcess(seed, chosen),
};

interface Parameters {
  readonly lengthScale: number;
  /** Over the signal. */
  readonly noise: number;
}

interface Fitted extends Parameters {
  readonly width: number;
  readonly distances: Distances;
  readonly lower: Float64Array;
  /** (K + noise)^-1 y, for a signal of 1. */
  readonly weights: Float64Array;
  readonly signal: number;
  readonly mean: number;
  readonly scale: number;
}

class GaussianProcess implements Regressor {
  private fitted?: Fitted;

  constructor(
    private readonly seed: number,
    private readonly options: ProcessOptions,
  ) {}

  fit(features: Features, targets: ArrayLike<number>): void {
    const { values, mean, scale } = standardiseTargets(NAME, features, targets);
    const parameters = this.likeliest(features, values);
    const distances = new Distances(features);
    const factored = factor(this.options.kernel, squaredDistances(features, distances), values, parameters);
    if (!factored)
      throw new PredictorError(
        `${NAME}: the covariance of ${features.rows} rows can't be factored with noise ${parameters.noise}, wanted more noise`,
      );
    const { lower, weights, signal } = factored;
    this.fitted = {
      ...parameters,
      ...{ width: features.width, distances, lower, weights, mean, scale },
      signal: this.options.signal ?? signal,
    };
  }

  /** A search along the two logarithms, with halving steps: the likelihood is smooth, and every look at it costs rows^3. */
  private likeliest(features: Features, values: Float64Array): Parameters {
    const { kernel, likelihoodRows, lengthScale, noise } = this.options;
    let rows = features;
    let targets = values;
    if (features.rows > likelihoodRows) {
      const drawn = new Random(this.seed, NAME).shuffle(Uint32Array.from(values, (_, row) => row));
      rows = selectRows(features, drawn.subarray(0, likelihoodRows));
      targets = Float64Array.from(drawn.subarray(0, likelihoodRows), (row) => values[row]);
    }
    const squared = squaredDistances(rows, new Distances(rows));
    const largest = squared.reduce((most, value) => Math.max(most, value), 0);
    const typical = Math.sqrt(squared.reduce((sum, value) => sum + value, 0) / squared.length) || 1;
    const valid = (at: Parameters) =>
      at.noise >= 1e-6 && at.noise <= 1e3 && at.lengthScale >= typical / 30 && at.lengthScale <= 30 * typical;
    const judge = (at: Parameters) =>
      valid(at)
        ? (factor(kernel, squared, targets, at)?.logLikelihood ?? Number.NEGATIVE_INFINITY)
        : Number.NEGATIVE_INFINITY;
    let best: Parameters = { lengthScale: lengthScale ?? typical, noise: noise ?? 0.1 };
    if (largest === 0 || (lengthScale !== undefined && noise !== undefined)) return best;
    let likelihood = judge(best);
    for (let step = 4; step > 1.2; ) {
      const neighbours: Parameters[] = [];
      for (const factorOf of [step, 1 / step]) {
        if (lengthScale === undefined) neighbours.push({ ...best, lengthScale: best.lengthScale * factorOf });
        if (noise === undefined) neighbours.push({ ...best, noise: best.noise * factorOf ** 2 });
      }
      let moved = false;
      for (const neighbour of neighbours) {
        const value = judge(neighbour);
        if (value <= likelihood + 1e-9) continue;
        likelihood = value;
        best = neighbour;
        moved = true;
      }
      if (!moved) step = Math.sqrt(step);
    }
    return best;
  }

  predict(features: Features): Prediction {
    const fitted = requireFitted(NAME, this.fitted, features);
    const { distances, weights, mean, scale, lengthScale } = fitted;
    const covariance = covarianceOf(this.options.kernel);
    const row = new Float64Array(distances.rows);
    const result = new Float64Array(features.rows);
    for (let i = 0; i < features.rows; i++) {
      distances.from(features, i, row);
      covariance(row, lengthScale);
      let sum = 0;
      for (let j = 0; j < row.length; j++) sum += row[j] * weights[j];
      result[i] = mean + scale * sum;
    }
    let deviation: Float64Array | undefined;
    return {
      mean: result,
      get deviation() {
        return (deviation ??= deviations(fitted, features, covariance));
      },
    };
  }
}

function deviations(fitted: Fitted, features: Features, covariance: Covariance): Float64Array {
  const { distances, lower, lengthScale, signal, scale } = fitted;
  const row = new Float64Array(distances.rows);
  const result = new Float64Array(features.rows);
  for (let i = 0; i < features.rows; i++) {
    distances.from(features, i, row);
    covariance(row, lengthScale);
    solveLower(lower, row.length, row);
    let known = 0;
    for (let j = 0; j < row.length; j++) known += row[j] * row[j];
    result[i] = scale * Math.sqrt(signal * Math.max(0, 1 - known));
  }
  return result;
}

function squaredDistances(features: Features, distances: Distances): Float64Array {
  const { rows } = features;
  const squared = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row++) distances.from(features, row, squared.subarray(row * rows, (row + 1) * rows));
  return squared;
}

/**
 * With the signal at its likeliest, y^T (K + noise)^-1 y / n, the log marginal likelihood is
 * -(n log signal + log det(K + noise) + n (1 + log 2 pi)) / 2.
 * @returns undefined where rounding makes the matrix not positive definite
 */
function factor(kernel: Kernel, squared: Float64Array, targets: Float64Array, { lengthScale, noise }: Parameters) {
  const rows = targets.length;
  const lower = squared.slice();
  covarianceOf(kernel)(lower, lengthScale);
  for (let i = 0; i < rows; i++) lower[i * rows + i] += noise;
  if (!cholesky(lower, rows)) return undefined;
  const weights = targets.slice();
  solveLower(lower, rows, weights);
  let fit = 0;
  for (const value of weights) fit += value * value;
  solveLowerTransposed(lower, rows, weights);
  // Equal targets have no signal.
  const signal = Math.max(fit / rows, 1e-12);
  let logDeterminant = 0;
  for (let i = 0; i < rows; i++) logDeterminant += 2 * Math.log(lower[i * rows + i]);
  const logLikelihood = -(rows * Math.log(signal) + logDeterminant + rows * (1 + Math.log(2 * Math.PI))) / 2;
  return { lower, weights, signal, logLikelihood };
}

/** Writes covariances, for a signal of 1, over squared distances. */
type Covariance = (squared: Float64Array, lengthScale: number) => void;

function covarianceOf(kernel: Kernel): Covariance {
  return kernel === 'rbf' ? rbf : matern52;
}

/** Rasmussen and Williams, equation 4.9. */
function rbf(squared: Float64Array, lengthScale: number): void {
  const factor = -1 / (2 * lengthScale * lengthScale);
  for (let i = 0; i < squared.length; i++) squared[i] = Math.exp(factor * squared[i]);
}

/** Rasmussen and Williams, equation 4.17. */
function matern52(squared: Float64Array, lengthScale: number): void {
  const factor = Math.sqrt(5) / lengthScale;
  for (let i = 0; i < squared.length; i++) {
    const distance = factor * Math.sqrt(squared[i]);
    squared[i] = (1 + distance + (distance * distance) / 3) * Math.exp(-distance);
  }
}
