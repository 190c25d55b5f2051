import { describe, expect, it } from 'vitest';
import { PredictorError } from '../../../src/nas/predictors/errors.js';
import { PREDICTOR_NAMES, predictorByName } from '../../../src/nas/predictors/predictors.js';
import { featuresOf, fitAndPredict, goldenData, largestDifference, regressor } from './support.js';

const onTheHost = PREDICTOR_NAMES.filter((name) => !predictorByName(name).needsEngine);
const { fit, targets, predict } = goldenData;

describe.each(onTheHost)('predictor %s', (name) => {
  it('predicts better than the mean of the targets', async () => {
    const made = regressor(name);
    // A row is predicted by a predictor fitted on the others.
    let squares = 0;
    let baseline = 0;
    for (let out = 0; out < fit.rows; out += 4) {
      const rows = Array.from({ length: fit.rows }, (_, row) => row).filter((row) => row !== out);
      const at = (row: number) => [...fit.values.subarray(row * fit.width, (row + 1) * fit.width)];
      const others = rows.map((row) => targets[row]);
      await made.fit(featuresOf(rows.map(at)), others);
      const { mean } = await made.predict(featuresOf([at(out)]));
      squares += (mean[0] - targets[out]) ** 2;
      baseline += (others.reduce((sum, value) => sum + value, 0) / others.length - targets[out]) ** 2;
    }
    expect(squares).toBeLessThan(0.8 * baseline);
  });

  it('predicts the same with the same seed, whatever it was fitted on before', async () => {
    const first = await fitAndPredict(name, {}, goldenData);
    const used = regressor(name);
    await used.fit(
      featuresOf([
        [1, 2],
        [3, 4],
        [5, 7],
      ]),
      [1, 2, 4],
    );
    await used.fit(fit, targets);
    const second = await used.predict(predict);
    expect([...second.mean]).toEqual([...first.mean]);
    expect(second.deviation && [...second.deviation]).toEqual(first.deviation && [...first.deviation]);
  });

  it('is equivariant to shifts and scales of its targets', async () => {
    const plain = await fitAndPredict(name, {}, goldenData);
    const moved = await fitAndPredict(
      name,
      {},
      { ...goldenData, targets: targets.map((target) => 1000 + 50 * target) },
    );
    expect(
      largestDifference(
        moved.mean,
        plain.mean.map((value) => 1000 + 50 * value),
      ),
    ).toBeLessThan(1e-3);
    if (plain.deviation)
      expect(
        largestDifference(
          moved.deviation!,
          plain.deviation.map((value) => 50 * value),
        ),
      ).toBeLessThan(1e-3);
  });

  it('accepts one row, and targets that are all equal', async () => {
    const one = await fitAndPredict(
      name,
      {},
      { fit: featuresOf([[1, 0]]), targets: [7], predict: featuresOf([[0, 1]]) },
    );
    expect(one.mean[0]).toBeCloseTo(7, 9);
    const equal = await fitAndPredict(name, {}, { ...goldenData, targets: targets.map(() => 91.2) });
    expect(largestDifference(equal.mean, new Array(predict.rows).fill(91.2))).toBeLessThan(1e-6);
  });

  it('states what is wrong with its arguments', async () => {
    const made = regressor(name);
    const refused = async (run: () => unknown, message: string) => {
      const error = await Promise.resolve()
        .then(run)
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      expect(error).toBeInstanceOf(PredictorError);
      expect((error as Error).message).toBe(`${name}: ${message}`);
    };
    await refused(() => made.predict(predict), 'predict before fit; fit it first');
    await refused(
      () => made.fit({ rows: 0, width: 3, values: new Float32Array() }, []),
      'fit got 0 rows of 3 features, wanted at least one of each',
    );
    await refused(() => made.fit(featuresOf([[1], [2]]), [1]), 'fit got 1 targets, wanted one for each of 2 rows');
    await refused(
      () => made.fit(featuresOf([[1], [2]]), [1, Number.NaN]),
      'fit got target 1 = NaN, wanted finite numbers; leave such rows out',
    );
    await refused(
      () =>
        made.fit(
          featuresOf([
            [1, 2],
            [3, Number.POSITIVE_INFINITY],
          ]),
          [1, 2],
        ),
      'fit got feature 1 of row 1 = Infinity, wanted finite numbers',
    );
    await made.fit(fit, targets);
    await refused(
      () => made.predict(featuresOf([[1, 2]])),
      'predict got 2 features a row, wanted 7 as in fit; use the same encoding for both',
    );
  });
});

it('predictors are found by name only', () => {
  expect(predictorByName('random-forest').name).toBe('random-forest');
  expect(() => predictorByName('forest')).toThrow('Predictor "forest" is not known, wanted one of: random-forest');
});
