import { z } from 'zod';
import { Distances } from './distances.js';
import type { Features, Prediction, Predictor, Regressor } from './predictor.js';
import { requireFitted, standardiseTargets } from './targets.js';

const options = z.strictObject({
  neighbours: z.int().min(1).default(5).describe('number of nearest rows, at most those fitted'),
  distance: z.enum(['euclidean', 'hamming']).default('euclidean').describe('hamming: number of different features'),
  weights: z.enum(['uniform', 'inverse']).default('inverse').describe('inverse: 1 / distance'),
});
type KnnOptions = z.infer<typeof options>;

const NAME = 'knn';

/**
 * The mean of the nearest neighbours, weighted by inverse distance; where there are rows at distance 0, only of these. Rows at the same
 * distance as the last neighbour count as neighbours too, so that the result does not depend on the order of rows.
 */
export const knn: Predictor<KnnOptions> = {
  name: NAME,
  options,
  needsEngine: false,
  encoding: 'one-hot',
  create: (_, chosen) => new NearestNeighbours(chosen),
};

/** Writes one number for each fitted row, monotonic in the distance; `distance` converts it. */
interface Measure {
  from(features: Features, row: number, result: Float64Array): void;
  distance(measured: number): number;
}

class NearestNeighbours implements Regressor {
  private fitted?: { width: number; targets: Float64Array; measure: Measure };

  constructor(private readonly options: KnnOptions) {}

  fit(features: Features, targets: ArrayLike<number>): void {
    standardiseTargets(NAME, features, targets);
    this.fitted = {
      width: features.width,
      targets: Float64Array.from(targets),
      measure: this.options.distance === 'hamming' ? hammingTo(features) : euclideanTo(features),
    };
  }

  predict(features: Features): Prediction {
    const { targets, measure } = requireFitted(NAME, this.fitted, features);
    const distances = new Float64Array(targets.length);
    const count = Math.min(this.options.neighbours, targets.length);
    const nearest = new Float64Array(count);
    const mean = new Float64Array(features.rows);
    for (let row = 0; row < features.rows; row++) {
      measure.from(features, row, distances);
      smallest(distances, nearest);
      const uniform = this.options.weights === 'uniform';
      // The mean of equal rows, which the division below by distance excludes.
      const farthest = !uniform && nearest[0] === 0 ? 0 : nearest[count - 1];
      let sum = 0;
      let total = 0;
      for (let i = 0; i < distances.length; i++) {
        if (distances[i] > farthest) continue;
        const weight = uniform || farthest === 0 ? 1 : 1 / measure.distance(distances[i]);
        sum += weight * targets[i];
        total += weight;
      }
      mean[row] = sum / total;
    }
    return { mean };
  }
}

function euclideanTo(fitted: Features): Measure {
  const squared = new Distances(fitted);
  return { from: (features, row, result) => squared.from(features, row, result), distance: Math.sqrt };
}

function hammingTo(fitted: Features): Measure {
  const kept = fitted.values.slice();
  return {
    from({ width, values }, row, result) {
      const start = row * width;
      for (let i = 0; i < result.length; i++) {
        let differing = 0;
        for (let j = 0; j < width; j++) if (kept[i * width + j] !== values[start + j]) differing++;
        result[i] = differing;
      }
    },
    distance: (measured) => measured,
  };
}

/** The smallest values in ascending order, as many as `result` has elements. */
function smallest(values: Float64Array, result: Float64Array): void {
  result.fill(Number.POSITIVE_INFINITY);
  const last = result.length - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= result[last]) continue;
    let place = last;
    for (; place > 0 && result[place - 1] > value; place--) result[place] = result[place - 1];
    result[place] = value;
  }
}
