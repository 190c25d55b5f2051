import { z } from 'zod';
import { symmetricEigen } from '../math/linearAlgebra.js';
import type { Features, Prediction, Predictor, Regressor } from './predictor.js';
import { requireFitted, standardiseTargets } from './targets.js';

const options = z.strictObject({
  iterations: z.int().min(1).default(300).describe('largest number of steps of evidence maximisation'),
  tolerance: z
    .number()
    .positive()
    .default(1e-6)
    .describe('change of log alpha and log beta below which the maximisation stops'),
});
type LinearOptions = z.infer<typeof options>;

const NAME = 'bayesian-linear';

/**
 * Bayesian linear regression with a Gaussian prior of precision alpha on the weights and noise of precision beta (Bishop,
 * Pattern Recognition and Machine Learning, section 3.3), both found by maximising the evidence (section 3.5.2,
 * equations 3.91, 3.92 and 3.95). Features and targets are centred, so that the intercept has no prior. The deviation is
 * that of the mean, without the noise.
 */
export const bayesianLinear: Predictor<LinearOptions> = {
  name: NAME,
  options,
  needsEngine: false,
  encoding: 'one-hot',
  create: (_, chosen) => new BayesianLinear(chosen),
};

interface Fitted {
  readonly width: number;
  readonly offset: number;
  readonly centre: Float64Array;
  readonly weights: Float64Array;
  /** Columns: principal directions of the features, each scaled by its posterior standard deviation. */
  readonly directions: Float64Array;
}

/** Bounds of alpha and beta, for targets that are fitted exactly or not at all. */
const LEAST = 1e-10;
const MOST = 1e10;

class BayesianLinear implements Regressor {
  private fitted?: Fitted;

  constructor(private readonly options: LinearOptions) {}

  fit(features: Features, targets: ArrayLike<number>): void {
    const standard = standardiseTargets(NAME, features, targets);
    const { rows, width, values } = features;
    const centre = new Float64Array(width);
    for (let i = 0; i < values.length; i++) centre[i % width] += values[i] / rows;
    const gram = new Float64Array(width * width);
    const products = new Float64Array(width);
    const centred = new Float64Array(width);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < width; j++) centred[j] = values[row * width + j] - centre[j];
      for (let j = 0; j < width; j++) {
        products[j] += centred[j] * standard.values[row];
        for (let k = 0; k < width; k++) gram[j * width + k] += centred[j] * centred[k];
      }
    }
    const squares = standard.values.reduce((sum, value) => sum + value * value, 0);
    const eigen = symmetricEigen(gram, width);
    const { values: spectrum, vectors } = eigen;
    // In the basis of eigenvectors, where the matrices are diagonal.
    const projected = new Float64Array(width);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) projected[i] += vectors[j * width + i] * products[j];
    const { alpha, beta } = this.maximiseEvidence(spectrum, projected, squares, rows);
    const weights = new Float64Array(width);
    const directions = new Float64Array(width * width);
    for (let i = 0; i < width; i++) {
      const precision = alpha + beta * Math.max(0, spectrum[i]);
      for (let j = 0; j < width; j++) {
        weights[j] += (vectors[j * width + i] * standard.scale * beta * projected[i]) / precision;
        directions[j * width + i] = (vectors[j * width + i] * standard.scale) / Math.sqrt(precision);
      }
    }
    this.fitted = { width, offset: standard.mean, centre, weights, directions };
  }

  /** Maximises the evidence. @param squares sum of the squared targets */
  private maximiseEvidence(spectrum: Float64Array, projected: Float64Array, squares: number, rows: number) {
    let alpha = 1;
    let beta = 1;
    for (let iteration = 0; iteration < this.options.iterations; iteration++) {
      let effective = 0;
      let weightSquares = 0;
      let residual = squares;
      for (let i = 0; i < spectrum.length; i++) {
        const eigenvalue = Math.max(0, spectrum[i]);
        const precision = alpha + beta * eigenvalue;
        const weight = (beta * projected[i]) / precision;
        effective += (beta * eigenvalue) / precision;
        weightSquares += weight * weight;
        residual += weight * (eigenvalue * weight - 2 * projected[i]);
      }
      const nextAlpha = clamp(effective / weightSquares);
      const nextBeta = clamp((rows - effective) / Math.max(0, residual));
      const change = Math.abs(Math.log(nextAlpha / alpha)) + Math.abs(Math.log(nextBeta / beta));
      alpha = nextAlpha;
      beta = nextBeta;
      if (change < this.options.tolerance) break;
    }
    return { alpha, beta };
  }

  predict(features: Features): Prediction {
    const fitted = requireFitted(NAME, this.fitted, features);
    const { offset, centre, weights } = fitted;
    const { rows, width, values } = features;
    const mean = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      let sum = offset;
      for (let j = 0; j < width; j++) sum += (values[row * width + j] - centre[j]) * weights[j];
      mean[row] = sum;
    }
    let deviation: Float64Array | undefined;
    return {
      mean,
      get deviation() {
        return (deviation ??= deviations(fitted, features));
      },
    };
  }
}

/** Root of x^T S x, S the covariance of the weights. Skips features that are 0, as most of an encoding are. */
function deviations({ centre, directions }: Fitted, { rows, width, values }: Features): Float64Array {
  const origin = new Float64Array(width);
  for (let j = 0; j < width; j++) for (let i = 0; i < width; i++) origin[i] -= centre[j] * directions[j * width + i];
  const result = new Float64Array(rows);
  const along = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    along.set(origin);
    for (let j = 0; j < width; j++) {
      const value = values[row * width + j];
      if (value === 0) continue;
      for (let i = 0; i < width; i++) along[i] += value * directions[j * width + i];
    }
    let variance = 0;
    for (let i = 0; i < width; i++) variance += along[i] * along[i];
    result[row] = Math.sqrt(variance);
  }
  return result;
}

/** The value within the bounds; also for 0 / 0. */
function clamp(value: number): number {
  return Number.isNaN(value) ? MOST : Math.min(MOST, Math.max(LEAST, value));
}
