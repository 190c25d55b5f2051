// Long: the largest eigenvalue is measured on the search network of DARTS
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { darts } from '../../../src/nas/spaces/darts/space.js';
import { BilevelTrainer } from '../../../src/nas/training/bilevel.js';
import { softmaxRule } from '../../../src/nas/training/relaxedRule.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { stripes, tinyProtocol } from './trainingRun.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('the Hessian of the validation loss in the architecture parameters', () => {
  it('is measured for a network that has no cell of one of the tables', async () => {
    const protocol = { ...tinyProtocol, cells: 2 };
    const { channels, cells, imageSize: size, imageChannels } = protocol;
    const supernet = darts.supernet(
      { channels, cells, size, imageChannels, classes: 4 },
      { affine: false, batchNorm: 'batch' },
    );
    const trainer = await BilevelTrainer.create({
      engine,
      supernet,
      rule: softmaxRule(supernet),
      shape: { height: 8, width: 8, channels: 1 },
      weights: stripes(16, 1),
      alphas: stripes(16, 2),
      protocol,
      alphaOptimizer: { learningRate: 0.05, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 },
      seed: 4,
    });
    expect(await trainer.largestEigenvalue()).not.toBeNaN();
    trainer.dispose();
  });
});
