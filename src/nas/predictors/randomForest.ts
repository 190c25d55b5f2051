import { z } from 'zod';
import { Random } from '../../engine/random/random.js';
import type { Features, Prediction, Predictor, Regressor } from './predictor.js';
import { requireFitted, standardiseTargets } from './targets.js';
import { addTree, growTree, rankFeatures, type Tree } from './trees.js';

const options = z.strictObject({
  trees: z.int().min(1).default(100).describe('trees'),
  depth: z.int().min(1).default(10).describe('largest depth of a tree'),
  minLeaf: z.int().min(1).default(1).describe('least number of rows of a leaf'),
  maxFeatures: z
    .number()
    .gt(0)
    .max(1)
    .default(1 / 3)
    .describe('share of the features considered for a split'),
});
type ForestOptions = z.infer<typeof options>;

const NAME = 'random-forest';

/**
 * Random forest (Breiman 2001): trees on bootstrap samples of the rows, every split among random features. Mean and
 * deviation are those over the trees.
 */
export const randomForest: Predictor<ForestOptions> = {
  name: NAME,
  options,
  needsEngine: false,
  encoding: 'one-hot',
  create: ({ seed }, chosen) => new RandomForest(seed, chosen),
};

class RandomForest implements Regressor {
  private fitted?: { width: number; mean: number; scale: number; trees: readonly Tree[] };

  constructor(
    private readonly seed: number,
    private readonly options: ForestOptions,
  ) {}

  fit(features: Features, targets: ArrayLike<number>): void {
    const { values, mean, scale } = standardiseTargets(NAME, features, targets);
    const { depth, minLeaf, maxFeatures } = this.options;
    const { rows, width } = features;
    const ranked = rankFeatures(features);
    const random = new Random(this.seed, NAME);
    const taken = Math.max(1, Math.round(maxFeatures * width));
    const columns = Uint32Array.from({ length: width }, (_, column) => column);
    const candidates = taken === width ? undefined : () => drawFirst(columns, taken, random);
    const trees = Array.from({ length: this.options.trees }, () => {
      const drawn = new Uint32Array(rows);
      for (let i = 0; i < rows; i++) drawn[random.integer(rows)]++;
      return growTree(ranked, values, drawn, { depth, minLeaf, lambda: 0, gamma: 0, candidates });
    });
    this.fitted = { width, mean, scale, trees };
  }

  predict(features: Features): Prediction {
    const { mean, scale, trees } = requireFitted(NAME, this.fitted, features);
    const sums = new Float64Array(features.rows);
    const squares = new Float64Array(features.rows);
    for (const tree of trees) addTree(tree, features, sums, squares);
    const count = trees.length;
    return {
      mean: sums.map((sum) => mean + (scale * sum) / count),
      deviation: squares.map((sum, row) => scale * Math.sqrt(Math.max(0, sum / count - (sums[row] / count) ** 2))),
    };
  }
}

/** Partial Fisher-Yates shuffle of the first `count` elements. */
function drawFirst(items: Uint32Array, count: number, random: Random): Uint32Array {
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(items.length - i);
    const item = items[i];
    items[i] = items[j];
    items[j] = item;
  }
  return items.subarray(0, count);
}
