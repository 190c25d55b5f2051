import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import { encodeSpace, selectRows } from '../../../src/nas/predictors/encodings.js';
import { fitAndPredict, goldenData, regressor, space } from './support.js';

const { fit, targets } = goldenData;

async function trainingLoss(options: Record<string, unknown>): Promise<number> {
  const { mean } = await fitAndPredict('gradient-boosting', options, { fit, targets, predict: fit });
  return mean.reduce((sum, value, row) => sum + (value - targets[row]) ** 2, 0);
}

describe('gradient boosting', () => {
  it('lowers the loss on its own rows with every round', async () => {
    const losses = await Promise.all([1, 2, 4, 8, 16, 32, 64].map((rounds) => trainingLoss({ rounds })));
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]);
    expect(losses.at(-1)).toBeLessThan(0.05 * losses[0]);
  });

  it('shrinks a leaf by rows / (rows + lambda), and by the learning rate', async () => {
    // Two leaves of three and one rows, targets with mean 0.
    const data = { fit: featuresOfColumn([0, 0, 0, 1]), targets: [-1, -1, -1, 3], predict: featuresOfColumn([0, 1]) };
    const { mean } = await fitAndPredict('gradient-boosting', { rounds: 1, learningRate: 0.5, lambda: 2 }, data);
    expect(mean[0]).toBeCloseTo(0.5 * (-3 / (3 + 2)), 12);
    expect(mean[1]).toBeCloseTo(0.5 * (3 / (1 + 2)), 12);
  });

  it('splits only if the gain exceeds gamma', async () => {
    const data = { fit: featuresOfColumn([0, 0, 1, 1]), targets: [-1, -1, 1, 1], predict: featuresOfColumn([0, 1]) };
    const options = { rounds: 1, learningRate: 1, lambda: 0 };
    // Equation 7: (2 + 2 - 0) / 2.
    const split = await fitAndPredict('gradient-boosting', { ...options, gamma: 1.99 }, data);
    const whole = await fitAndPredict('gradient-boosting', { ...options, gamma: 2.01 }, data);
    expect([...split.mean]).toEqual([-1, 1]);
    expect([...whole.mean]).toEqual([0, 0]);
  });

  it('grows trees on a fraction of the rows if requested', async () => {
    const all = await trainingLoss({ rounds: 20 });
    const half = await trainingLoss({ rounds: 20, subsample: 0.5 });
    expect(half).toBeGreaterThan(all);
  });
});

describe('a random forest', () => {
  it('of one tree has no standard deviation; of several it has, and a smaller one on training rows', async () => {
    const random = new Random(0, 'rows');
    const rows = Array.from({ length: 200 }, () => random.integer(15625));
    const features = selectRows(encodeSpace(space, 'one-hot'), rows);
    const known = selectRows(
      features,
      Array.from({ length: 100 }, (_, i) => i),
    );
    const others = selectRows(
      features,
      Array.from({ length: 100 }, (_, i) => 100 + i),
    );
    // The count of the last operation, avg_pool_3x3.
    const counts = Array.from(rows.slice(0, 100), (_, row) =>
      [4, 9, 14, 19, 24, 29].reduce((sum, column) => sum + known.values[row * 30 + column], 0),
    );
    const average = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const one = await fitAndPredict('random-forest', { trees: 1 }, { fit: known, targets: counts, predict: known });
    expect(average(one.deviation!)).toBe(0);
    const inside = await fitAndPredict('random-forest', {}, { fit: known, targets: counts, predict: known });
    const outside = await fitAndPredict('random-forest', {}, { fit: known, targets: counts, predict: others });
    expect(average(inside.deviation!)).toBeGreaterThan(0);
    expect(average(outside.deviation!)).toBeGreaterThan(average(inside.deviation!));
  });

  it('samples other rows and features with another seed', () => {
    const predicted = [0, 1].map((seed) => {
      const forest = regressor('random-forest', {}, seed);
      forest.fit(fit, targets);
      return forest.predict(fit) as { mean: Float64Array };
    });
    expect([...predicted[0].mean]).not.toEqual([...predicted[1].mean]);
  });
});

function featuresOfColumn(values: readonly number[]) {
  return { rows: values.length, width: 1, values: Float32Array.from(values) };
}
