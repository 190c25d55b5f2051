import { describe, expect, it } from 'vitest';
import { Distances } from '../../../src/nas/predictors/distances.js';
import { likeliestHyperparameters } from '../../../src/nas/predictors/marginalLikelihood.js';
import { standardiseTargets } from '../../../src/nas/predictors/targets.js';
import { featuresOf, fitAndPredict, golden, goldenData, largestDifference } from './support.js';

const { fit, targets, predict } = goldenData;

describe('a tree, as one round of boosting without shrinkage', () => {
  it.each(golden.trees)(
    'of depth $depth, leaves of $minLeaf, $columns features is that of scikit-learn',
    async (tree) => {
      const cut = (rows: number[][]) => featuresOf(rows.map((row) => row.slice(0, tree.columns)));
      const options = { rounds: 1, learningRate: 1, lambda: 0, depth: tree.depth, minLeaf: tree.minLeaf };
      const data = { fit: cut(golden.train), targets };
      const fitted = await fitAndPredict('gradient-boosting', options, { ...data, predict: cut(golden.train) });
      expect(largestDifference(fitted.mean, tree.fitted)).toBeLessThan(1e-12);
      if (!tree.mean) return;
      const { mean } = await fitAndPredict('gradient-boosting', options, { ...data, predict: cut(golden.test) });
      expect(largestDifference(mean, tree.mean)).toBeLessThan(1e-12);
    },
  );
});

describe('gradient boosting without regularisation', () => {
  it('predicts after thirty rounds what scikit-learn’s does', async () => {
    const { mean, ...options } = golden.boosting;
    const cut = (rows: number[][]) => featuresOf(rows.map((row) => row.slice(0, 4)));
    const data = { fit: cut(golden.train), targets, predict: cut(golden.test) };
    const got = await fitAndPredict('gradient-boosting', options, data);
    expect(largestDifference(got.mean, mean)).toBeLessThan(1e-9);
  });
});

describe('nearest neighbours', () => {
  it.each(golden.knn)('$neighbours, $weights, equal those of scikit-learn', async ({ neighbours, weights, mean }) => {
    const got = await fitAndPredict('knn', { neighbours, weights }, goldenData);
    expect(largestDifference(got.mean, mean)).toBeLessThan(1e-12);
  });
});

describe('Bayesian linear regression', () => {
  it('reaches the fixed point of scikit-learn’s BayesianRidge', async () => {
    const got = await fitAndPredict('bayesian-linear', { iterations: 10000, tolerance: 1e-13 }, goldenData);
    expect(largestDifference(got.mean, golden.bayesianLinear.mean)).toBeLessThan(1e-9);
    expect(largestDifference(got.deviation!, golden.bayesianLinear.deviation)).toBeLessThan(1e-9);
  });
});

describe.each(['rbf', 'matern52'] as const)('a Gaussian process with the kernel %s', (kernel) => {
  const { kernels, signal, lengthScale, noise } = golden.gaussianProcess;
  const wanted = kernels[kernel];

  it('has the mean and standard deviation of scikit-learn’s', async () => {
    const got = await fitAndPredict('gaussian-process', { kernel, signal, lengthScale, noise }, goldenData);
    expect(largestDifference(got.mean, wanted.mean)).toBeLessThan(1e-9);
    expect(largestDifference(got.deviation!, wanted.deviation)).toBeLessThan(1e-9);
  });

  it('finds hyperparameters that are 0.05 nats at most less likely than those of ten restarts of L-BFGS', async () => {
    const { values } = standardiseTargets('test', fit, targets);
    const distances = new Distances(fit);
    const squared = new Float64Array(fit.rows ** 2);
    for (let row = 0; row < fit.rows; row++)
      distances.from(fit, row, squared.subarray(row * fit.rows, (row + 1) * fit.rows));
    const { logLikelihood } = likeliestHyperparameters(kernel, squared, values, {});
    expect(logLikelihood).toBeLessThan(wanted.likeliestLogLikelihood + 1e-4);
    expect(logLikelihood).toBeGreaterThan(wanted.likeliestLogLikelihood - 0.05);
    const { mean } = await fitAndPredict('gaussian-process', { kernel }, goldenData);
    expect(largestDifference(mean, wanted.likeliestMean)).toBeLessThan(0.1);
    expect(mean).toHaveLength(predict.rows);
  });
});
