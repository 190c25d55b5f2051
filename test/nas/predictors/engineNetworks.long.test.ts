// Long: predictors that are networks learn a property of cells
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { encodeSpace, selectRows } from '../../../src/nas/predictors/encodings.js';
import { predictorByName } from '../../../src/nas/predictors/predictors.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { fitRows, heldOut, targetsOf } from './convolutionCount.js';
import { regressor, space } from './support.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Coefficient of determination. */
function r2(predicted: ArrayLike<number>, wanted: readonly number[]): number {
  const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
  let residual = 0;
  let total = 0;
  wanted.forEach((value, i) => {
    residual += (predicted[i] - value) ** 2;
    total += (value - mean) ** 2;
  });
  return 1 - residual / total;
}

describe.each(['mlp', 'graph-network'])('%s', (name) => {
  const features = encodeSpace(space, predictorByName(name).encoding);
  const fit = selectRows(features, fitRows);
  const predict = selectRows(features, heldOut);

  it('learns how many convolutions a cell has, from a sample of cells', async () => {
    const learner = regressor(name, {}, 0, engine);
    await learner.fit(fit, targetsOf(fitRows));
    const { mean } = await learner.predict(predict);
    learner.dispose?.();
    expect(r2(mean, targetsOf(heldOut))).toBeGreaterThan(0.9);
  });
});
