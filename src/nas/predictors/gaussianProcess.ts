import { z } from 'zod';
import { Random } from '../../engine/random/random.js';
import { solveLower } from '../math/linearAlgebra.js';
import { type Covariance, covarianceOf, KERNELS } from './covariance.js';
import { Distances } from './distances.js';
import { selectRows } from './encodings.js';
import { PredictorError } from './errors.js';
import { factor, type Hyperparameters, likeliestHyperparameters } from './marginalLikelihood.js';
import type { Features, Prediction, Predictor, Regressor } from './predictor.js';
import { requireFitted, standardiseTargets } from './targets.js';

const options = z.strictObject({
  kernel: z.enum(KERNELS).default('matern52').describe('covariance by Euclidean distance'),
  lengthScale: z.number().positive().optional().describe('default: maximum likelihood'),
  noise: z
    .number()
    .positive()
    .optional()
    .describe('variance of the noise over that of the signal; default: maximum likelihood'),
  signal: z
    .number()
    .positive()
    .optional()
    .describe('variance of the signal for standardised targets; default: maximum likelihood'),
  likelihoodRows: z.int().min(2).default(300).describe('largest number of rows for maximum likelihood'),
});
type ProcessOptions = z.infer<typeof options>;

const NAME = 'gaussian-process';

/**
 * Gaussian process regression (Rasmussen and Williams, Gaussian Processes for Machine Learning, algorithm 2.1), with the
 * length scale, signal and noise that maximise the marginal likelihood (section 5.4.1). The deviation is that of the
 * function, without noise; it costs much more than the mean and is computed lazily.
 */
export const gaussianProcess: Predictor<ProcessOptions> = {
  name: NAME,
  options,
  needsEngine: false,
  encoding: 'one-hot',
  create: ({ seed }, chosen) => new GaussianProcess(seed, chosen),
};

interface Fitted extends Hyperparameters {
  readonly width: number;
  readonly distances: Distances;
  readonly lower: Float64Array;
  /** (K + noise)^-1 y, for signal variance 1. */
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

  private likeliest(features: Features, values: Float64Array): Hyperparameters {
    const { kernel, likelihoodRows, lengthScale, noise } = this.options;
    const known = { lengthScale, noise };
    if (features.rows <= likelihoodRows)
      return likeliestHyperparameters(kernel, squaredDistances(features, new Distances(features)), values, known);
    const all = Uint32Array.from(values, (_, row) => row);
    const drawn = new Random(this.seed, NAME).shuffle(all).subarray(0, likelihoodRows);
    const rows = selectRows(features, drawn);
    const targets = Float64Array.from(drawn, (row) => values[row]);
    return likeliestHyperparameters(kernel, squaredDistances(rows, new Distances(rows)), targets, known);
  }

  predict(features: Features): Prediction {
    const fitted = requireFitted(NAME, this.fitted, features);
    const { distances, weights, mean, scale, lengthScale } = fitted;
    const covariance = covarianceOf(this.options.kernel, lengthScale);
    const row = new Float64Array(distances.rows);
    const result = new Float64Array(features.rows);
    for (let i = 0; i < features.rows; i++) {
      distances.from(features, i, row);
      covariance(row);
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
  const { distances, lower, signal, scale } = fitted;
  const row = new Float64Array(distances.rows);
  const result = new Float64Array(features.rows);
  for (let i = 0; i < features.rows; i++) {
    distances.from(features, i, row);
    covariance(row);
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
