import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { BilevelTrainer } from '../../../src/nas/training/bilevel/bilevelTrainer.js';
import { largestEigenvalue } from '../../../src/nas/training/bilevel/lanczos.js';
import { softmaxRule } from '../../../src/nas/training/bilevel/relaxedRule.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { toyHessian } from './toyHessian.js';
import { stripes, tinyProtocol } from './trainingRun.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('the largest eigenvalue', () => {
  it('of a matrix with given eigenvalues is the largest, not the largest in magnitude', async () => {
    // Q diag(values) Q^T of a reflection Q = I - 2 u u^T.
    const values = [-9, 4, 2.5, 1, 0.5, 0.2, 0.1, 0, -0.3, -1, -2, 3.1];
    const random = new Random(3, 'reflection');
    const raw = values.map(() => random.normal());
    const length = Math.hypot(...raw);
    const u = raw.map((value) => value / length);
    const reflect = (x: ArrayLike<number>) => {
      const along = u.reduce((sum, value, i) => sum + value * x[i], 0);
      return Float64Array.from(u, (value, i) => x[i] - 2 * along * value);
    };
    const product = async (x: Float64Array) => reflect(reflect(x).map((value, i) => value * values[i]));
    const start = Float64Array.from(values, () => random.normal());
    expect(await largestEigenvalue(product, start, 12)).toBeCloseTo(4, 9);
    expect(Math.abs((await largestEigenvalue(product, start, 8)) - 4)).toBeLessThan(0.05);
  });

  it('of a matrix of rank one is found although the iteration ends after two products', async () => {
    let products = 0;
    const product = async (x: Float64Array) => {
      products++;
      return Float64Array.from(x, () => x[0] + x[1] + x[2]);
    };
    expect(await largestEigenvalue(product, Float64Array.of(1, 2, 4), 10)).toBeCloseTo(3, 9);
    expect(products).toBeLessThanOrEqual(3);
  });
});

describe('the Hessian of the validation loss in the architecture parameters', () => {
  it('has the largest eigenvalue of the exact second derivatives, within two per cent', async () => {
    const { measured, exact } = await toyHessian(engine);
    expect(exact).toBeGreaterThan(0.001);
    expect(Math.abs(measured / exact - 1)).toBeLessThan(0.02);
  });

  it('changes no bit of the state of a search, and is the same each time', async () => {
    const { channels, cells, imageSize: size, imageChannels } = tinyProtocol;
    const supernet = nasbench201.supernet(
      { channels, cells, size, imageChannels, classes: 4 },
      { affine: true, batchNorm: 'running' },
    );
    const trainer = await BilevelTrainer.create({
      engine,
      supernet,
      archUpdate: {
        kind: 'first-order',
        rule: softmaxRule(supernet),
        archOptimizer: { learningRate: 0.05, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 },
      },
      shape: { height: 8, width: 8, channels: 1 },
      trainSplit: stripes(32, 1),
      validationSplit: stripes(32, 2),
      protocol: tinyProtocol,
      seed: 4,
    });
    await trainer.epoch();
    const before = await trainer.save();
    const first = await trainer.largestEigenvalue();
    expect(await trainer.largestEigenvalue()).toBe(first);
    const after = await trainer.save();
    trainer.dispose();
    for (const [name, array] of Object.entries(before.arrays))
      expect(new Uint32Array(after.arrays[name].buffer), name).toEqual(new Uint32Array(array.buffer));
  });
});
