import { z } from 'zod';
import { Random } from '../../engine/random/random.js';
import type { Features, Prediction, Predictor, Regressor } from './predictor.js';
import { requireFitted, standardiseTargets } from './targets.js';
import { addTree, growTree, rankFeatures, type Tree } from './trees.js';

const options = z.strictObject({
  rounds: z.int().min(1).default(100).describe('number of trees'),
  depth: z.int().min(1).default(4).describe('largest depth of a tree'),
  learningRate: z.number().gt(0).max(1).default(0.1).describe('shrinkage of every tree'),
  subsample: z.number().gt(0).max(1).default(1).describe('share of the rows that a tree is fitted on'),
  minLeaf: z.int().min(1).default(1).describe('least number of rows of a leaf'),
  lambda: z.number().min(0).default(1).describe('L2 regularisation of the leaves'),
  gamma: z.number().min(0).default(0).describe('least gain of a split, for standardised targets'),
});
type BoostingOptions = z.infer<typeof options>;

const NAME = 'gradient-boosting';

/**
 * Gradient boosting of regularised trees by squared loss, as XGBoost (Chen and Guestrin 2016, 1603.02754, section 2), starting
 * from the mean of the targets. Every tree is fitted to the residuals of those before.
 */
export const gradientBoosting: Predictor<BoostingOptions> = {
  name: NAME,
  options,
  needsEngine: false,
  encoding: 'one-hot',
  create: ({ seed }, chosen) => new GradientBoosting(seed, chosen),
};

class GradientBoosting implements Regressor {
  private fitted?: { width: number; mean: number; scale: number; trees: readonly Tree[] };

  constructor(
    private readonly seed: number,
    private readonly options: BoostingOptions,
  ) {}

  fit(features: Features, targets: ArrayLike<number>): void {
    const { values, mean, scale } = standardiseTargets(NAME, features, targets);
    const { rounds, depth, learningRate, subsample, minLeaf, lambda, gamma } = this.options;
    const { rows, width } = features;
    const ranked = rankFeatures(features);
    const random = new Random(this.seed, NAME);
    const taken = Math.max(1, Math.round(subsample * rows));
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    const weights = new Uint8Array(rows).fill(1);
    const left = values.slice();
    const trees: Tree[] = [];
    for (let round = 0; round < rounds; round++) {
      if (taken < rows) {
        random.shuffle(order);
        order.forEach((row, place) => {
          weights[row] = place < taken ? 1 : 0;
        });
      }
      const tree = growTree(ranked, left, weights, { depth, minLeaf, lambda, gamma });
      trees.push({ ...tree, value: tree.value.map((value) => learningRate * value) });
      const added = new Float64Array(rows);
      addTree(trees[round], features, added);
      for (let row = 0; row < rows; row++) left[row] -= added[row];
    }
    this.fitted = { width, mean, scale, trees };
  }

  predict(features: Features): Prediction {
    const { mean, scale, trees } = requireFitted(NAME, this.fitted, features);
    const sums = new Float64Array(features.rows);
    for (const tree of trees) addTree(tree, features, sums);
    return { mean: sums.map((sum) => mean + scale * sum) };
  }
}
