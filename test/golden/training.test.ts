import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/runtime/engine.js';
import { channelStatistics } from '../../src/nas/data/images/statistics.js';
import { DeviceImages } from '../../src/nas/training/loop/deviceImages.js';
import { imageBatch } from '../../src/nas/training/loop/imageBatch.js';
import { Trainer } from '../../src/nas/training/network/trainer.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';
import { buildNetwork, networkProblem, SEED, SHAPE, supernetProblem, trainingInputs } from './problems.js';
import { expectClose, expectNorms, expectSearchSteps, RELATIVE, torch } from './trainingResults.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('what PyTorch computes from the same weights and batches', () => {
  it('started from these inputs', () => {
    expect(trainingInputs().checksum).toBe(torch.inputs);
  });

  it('is what ten steps of SGD with Nesterov momentum, decay, clipping and a cosine give, and the network they leave', async () => {
    const { protocol, train, test } = networkProblem;
    const network = buildNetwork();
    const trainer = await Trainer.create({
      engine,
      network,
      data: { shape: SHAPE, train, test },
      protocol,
      seed: SEED,
    });
    const clipped = torch.network.gradientNorms.filter((norm) => norm > protocol.optimizer.clipNorm).length;
    expect(clipped, 'steps whose gradient is clipped').toBeGreaterThan(0);
    expect(clipped, 'steps whose gradient is clipped').toBeLessThan(torch.network.gradientNorms.length);
    const perEpoch = torch.network.losses.length / protocol.epochs;
    for (let epoch = 0; epoch < protocol.epochs; epoch++) {
      const { trainLoss } = await trainer.epoch();
      const losses = torch.network.losses.slice(epoch * perEpoch, (epoch + 1) * perEpoch);
      const wanted = losses.reduce((sum, loss) => sum + loss, 0) / perEpoch;
      expectClose([trainLoss], [wanted], RELATIVE * wanted, `loss of epoch ${epoch}`);
    }
    await expectNorms(engine, network.weights, torch.network.weightNorms);
    await expectNorms(engine, network.runningStatistics, torch.network.averageNorms);

    const { loss } = await trainer.evaluate();
    expectClose([loss], [torch.network.testLoss], RELATIVE * torch.network.testLoss, 'loss on test images');
    const images = new DeviceImages(engine, 'images', test);
    const statistics = channelStatistics(train, SHAPE.channels);
    const program = await engine.compile((graph) => {
      const { x } = imageBatch(graph, images, { feed: 'indices', batch: test.count, shape: SHAPE, statistics });
      graph.output('logits', network.forward(x, 'evaluate'));
    });
    program.run({ indices: Array.from({ length: test.count }, (_, i) => i) });
    const size = Math.max(...torch.network.logits.map(Math.abs));
    expectClose(await program.read('logits'), torch.network.logits, RELATIVE * size, 'logit');
    program.dispose();
    images.dispose();
    trainer.dispose();
    for (const set of [network.weights, network.runningStatistics]) engine.release(set);
  });

  it('is what ten steps of first-order DARTS give on the supernet of NAS-Bench-201, losses and architecture parameters of every step', async () => {
    await expectSearchSteps(engine, supernetProblem, torch.supernet);
  });
});
