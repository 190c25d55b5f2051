// Long: the largest eigenvalue is measured on the search network of DARTS
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { darts } from '../../../src/nas/spaces/darts/space.js';
import { BilevelTrainer } from '../../../src/nas/training/bilevel/bilevelTrainer.js';
import { softmaxRule } from '../../../src/nas/training/bilevel/relaxedRule.js';
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
      archUpdate: {
        kind: 'first-order',
        rule: softmaxRule(supernet),
        archOptimizer: { learningRate: 0.05, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 },
      },
      shape: { height: 8, width: 8, channels: 1 },
      trainSplit: stripes(16, 1),
      validationSplit: stripes(16, 2),
      protocol,
      seed: 4,
    });
    expect(await trainer.largestEigenvalue()).not.toBeNaN();
    trainer.dispose();
  });
});
