import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VariableSet } from '../../src/engine/graph/variables.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import { channelStatistics } from '../../src/nas/data/statistics.js';
import { BilevelTrainer } from '../../src/nas/training/bilevel.js';
import { DeviceImages } from '../../src/nas/training/deviceImages.js';
import { imageBatch } from '../../src/nas/training/imageBatch.js';
import { softmaxRule } from '../../src/nas/training/relaxedRule.js';
import { Trainer } from '../../src/nas/training/trainer.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';
import {
  buildNetwork,
  dartsProblem,
  networkProblem,
  SEED,
  SHAPE,
  supernetProblem,
  trainingInputs,
} from './problems.js';

/** Made by makeTraining.py, in float64. */
const torch = JSON.parse(readFileSync(new URL('training.json', import.meta.url), 'utf8')) as {
  readonly inputs: string;
  readonly network: {
    readonly losses: readonly number[];
    readonly gradientNorms: readonly number[];
    readonly logits: readonly number[];
    readonly testLoss: number;
    readonly weightNorms: Readonly<Record<string, number>>;
    readonly averageNorms: Readonly<Record<string, number>>;
  };
  readonly supernet: SearchSteps;
  readonly darts: SearchSteps;
};

/** Losses of every step and architecture parameters after it, and the norms of the weights after the last. */
interface SearchSteps {
  readonly alphaLosses: readonly number[];
  readonly weightLosses: readonly number[];
  readonly alphas: readonly (readonly number[])[];
  readonly weightNorms: Readonly<Record<string, number>>;
}

/**
 * The engine computes in float32. Its rounding (6e-8 an operation) leaves losses and logits within 3e-7 of PyTorch's after
 * ten steps on software drivers; thirty times that is allowed for other orders of summation. A factor, an epsilon or an order
 * of steps that differs changes them by more.
 */
const RELATIVE = 1e-5;

function expectClose(got: ArrayLike<number>, wanted: readonly number[], tolerance: number, what: string): void {
  expect(got.length, what).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(got[i] - value), `${what} ${i}: got ${got[i]}, PyTorch ${value}`).toBeLessThan(tolerance);
  });
}

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

async function expectNorms(set: VariableSet, wanted: Readonly<Record<string, number>>): Promise<void> {
  expect(set.variables.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
  for (const variable of set.variables) {
    const norm = Math.hypot(...(await engine.read(variable)));
    const limit = RELATIVE * Math.max(1, wanted[variable.name]);
    expectClose([norm], [wanted[variable.name]], limit, `norm of ${variable.name}`);
  }
}

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
    await expectNorms(network.weights, torch.network.weightNorms);
    await expectNorms(network.averages, torch.network.averageNorms);

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
    for (const set of [network.weights, network.averages]) engine.release(set);
  });

  it.each([
    { network: 'the supernet of NAS-Bench-201', problem: supernetProblem, wanted: torch.supernet },
    { network: 'the search network of DARTS', problem: dartsProblem, wanted: torch.darts },
  ])(
    'is what ten steps of first-order DARTS give on $network, losses and architecture parameters of every step',
    async ({ problem, wanted }) => {
      const { build, ...options } = problem;
      const supernet = build();
      const trainer = await BilevelTrainer.create({
        ...options,
        engine,
        supernet,
        rule: softmaxRule(supernet),
        shape: SHAPE,
        seed: SEED,
      });
      expect(wanted.weightLosses).toHaveLength(10);
      for (const [step, weightLoss] of wanted.weightLosses.entries()) {
        const { trainLoss, validationLoss } = await trainer.epoch();
        expectClose([trainLoss], [weightLoss], RELATIVE * weightLoss, `loss of the weights, step ${step}`);
        const loss = wanted.alphaLosses[step];
        expectClose([validationLoss as number], [loss], RELATIVE * loss, `loss of the alphas, step ${step}`);
        // A thousandth of a step of Adam, which moves every parameter by about the learning rate.
        const limit = problem.alphaOptimizer.learningRate / 1000;
        const alphas: number[] = [];
        for (const table of supernet.alphas.variables) alphas.push(...(await engine.read(table)));
        expectClose(alphas, wanted.alphas[step], limit, `alpha after step ${step}`);
      }
      await expectNorms(supernet.weights, wanted.weightNorms);
      trainer.dispose();
    },
  );
});
