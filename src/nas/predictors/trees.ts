import type { Features } from './predictor.js';

/** Limits of a tree. */
export interface TreeOptions {
  /** Largest depth. */
  readonly depth: number;
  /** Least total weight of the rows of a leaf. */
  readonly minLeaf: number;
  /** L2 regularisation of leaves, lambda of XGBoost. */
  readonly lambda: number;
  /** Least gain of a split, gamma of XGBoost. */
  readonly gamma: number;
  /** Features considered for one split; default: all. */
  candidates?(): Iterable<number>;
}

/** A regression tree as flat arrays. Node 0 is the root; the children of a node are `left[node]` and the one after. */
export interface Tree {
  readonly feature: Uint32Array;
  /** Rows whose feature is at most this go to the left child. */
  readonly threshold: Float64Array;
  /** 0 marks a leaf. */
  readonly left: Uint32Array;
  readonly value: Float64Array;
}

/** Features of the rows to fit, every column as ranks among its distinct values. */
export interface RankedFeatures {
  readonly rows: number;
  readonly width: number;
  /** ranks[row * width + column] */
  readonly ranks: Uint32Array;
  /** Distinct values of every column, ascending. */
  readonly distinct: readonly Float32Array[];
}

export function rankFeatures({ rows, width, values }: Features): RankedFeatures {
  const ranks = new Uint32Array(rows * width);
  const distinct: Float32Array[] = [];
  const column = new Float32Array(rows);
  for (let feature = 0; feature < width; feature++) {
    for (let row = 0; row < rows; row++) column[row] = values[row * width + feature];
    const sorted = new Float32Array(new Set(column)).sort();
    const rankOf = new Map(Array.from(sorted, (value, rank) => [value, rank]));
    for (let row = 0; row < rows; row++) ranks[row * width + feature] = rankOf.get(column[row])!;
    distinct.push(sorted);
  }
  return { rows, width, ranks, distinct };
}

/** Twice the smallest difference in gain that is not rounding error, for standardised targets: a split has to gain more by this. */
const LEAST_GAIN = 1e-10;

/**
 * Grows a regression tree by exact greedy splits (XGBoost, Chen and Guestrin 2016, 1603.02754, algorithm 1) for squared
 * loss, where the gradient of a row is prediction minus target and the hessian its weight. With G and H the sums over
 * a node, a split gains (G_L^2 / (H_L + lambda) + G_R^2 / (H_R + lambda) - G^2 / (H + lambda)) / 2 - gamma (equation 7), and a leaf is
 * worth -G / (H + lambda) (equation 5). With lambda = gamma = 0 this is CART: the split with the least sum of squares, the mean in a leaf.
 * Thresholds lie halfway between neighbouring values of the node. Of splits with equal gain the first is taken.
 * @param targets one for each row
 * @param weights one for each row; rows of weight 0 are ignored
 */
export function growTree(
  features: RankedFeatures,
  targets: Float64Array,
  weights: ArrayLike<number>,
  options: TreeOptions,
): Tree {
  const { width, ranks } = features;
  const members = new Uint32Array(features.rows);
  let count = 0;
  for (let row = 0; row < features.rows; row++) if (weights[row] > 0) members[count++] = row;

  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const value: number[] = [];
  const addNode = (): number => {
    feature.push(0);
    threshold.push(0);
    left.push(0);
    return value.push(0) - 1;
  };
  const finder = new SplitFinder(features, targets, weights, options);
  const aside = new Uint32Array(count);
  // Stack of nodes to split, with their ranges of `members`.
  const waiting = [{ node: addNode(), start: 0, end: count, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, start, end, depth } = next;
    const rows = members.subarray(start, end);
    let sum = 0;
    let weight = 0;
    for (const row of rows) {
      sum += weights[row] * targets[row];
      weight += weights[row];
    }
    value[node] = sum / (weight + options.lambda);
    if (depth === options.depth || rows.length < 2) continue;
    const split = finder.best(rows, sum, weight);
    if (!split) continue;
    let low = 0;
    let high = 0;
    for (const row of rows) {
      if (ranks[row * width + split.feature] <= split.rank) rows[low++] = row;
      else aside[high++] = row;
    }
    rows.set(aside.subarray(0, high), low);
    feature[node] = split.feature;
    threshold[node] = split.threshold;
    left[node] = addNode();
    addNode();
    waiting.push({ node: left[node], start, end: start + low, depth: depth + 1 });
    waiting.push({ node: left[node] + 1, start: start + low, end, depth: depth + 1 });
  }
  return {
    feature: Uint32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Uint32Array.from(left),
    value: Float64Array.from(value),
  };
}

interface Split {
  readonly feature: number;
  /** Rows whose rank is at most this go to the left child. */
  readonly rank: number;
  readonly threshold: number;
}

class SplitFinder {
  private readonly all: readonly number[];
  /** Sums over the rows of a node with the same rank. */
  private readonly sums: Float64Array;
  private readonly weightSums: Float64Array;
  private readonly present: Uint32Array;

  constructor(
    private readonly features: RankedFeatures,
    private readonly targets: Float64Array,
    private readonly weights: ArrayLike<number>,
    private readonly options: TreeOptions,
  ) {
    const most = Math.max(...features.distinct.map((values) => values.length));
    this.all = features.distinct.map((_, feature) => feature);
    this.sums = new Float64Array(most);
    this.weightSums = new Float64Array(most);
    this.present = new Uint32Array(most);
  }

  best(rows: Uint32Array, sum: number, weight: number): Split | undefined {
    const { sums, weightSums, present, targets, weights, options } = this;
    const { width, ranks, distinct } = this.features;
    const { lambda, minLeaf } = options;
    const whole = (sum * sum) / (weight + lambda);
    // Twice the gain, minus gamma.
    let most = 0;
    let best: Split | undefined;
    for (const feature of options.candidates?.() ?? this.all) {
      const values = distinct[feature];
      if (values.length < 2) continue;
      let found = 0;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        const rank = ranks[row * width + feature];
        if (weightSums[rank] === 0) present[found++] = rank;
        sums[rank] += weights[row] * targets[row];
        weightSums[rank] += weights[row];
      }
      const here = present.subarray(0, found).sort();
      let leftSum = 0;
      let leftWeight = 0;
      for (let i = 0; i < found; i++) {
        const rank = here[i];
        leftSum += sums[rank];
        leftWeight += weightSums[rank];
        sums[rank] = 0;
        weightSums[rank] = 0;
        const rightWeight = weight - leftWeight;
        if (i + 1 === found || leftWeight < minLeaf || rightWeight < minLeaf) continue;
        const rightSum = sum - leftSum;
        const gain =
          leftSum ** 2 / (leftWeight + lambda) + rightSum ** 2 / (rightWeight + lambda) - whole - 2 * options.gamma;
        if (gain > most + LEAST_GAIN) {
          most = gain;
          best = { feature, rank, threshold: (values[rank] + values[here[i + 1]]) / 2 };
        }
      }
    }
    return best;
  }
}

/** Adds the tree's output for every row, and its square. */
export function addTree(
  tree: Tree,
  { rows, width, values }: Features,
  sums: Float64Array,
  squares?: Float64Array,
): void {
  const { feature, threshold, left, value } = tree;
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    let node = 0;
    for (let child = left[0]; child !== 0; child = left[node])
      node = values[start + feature[node]] <= threshold[node] ? child : child + 1;
    const result = value[node];
    sums[row] += result;
    if (squares) squares[row] += result * result;
  }
}
