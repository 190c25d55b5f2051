// Long: networks of genotypes are trained, with an auxiliary classifier and with drop path
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropPath } from '../../../../src/engine/ops/random/dropout.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import type { Program } from '../../../../src/engine/runtime/program.js';
import type { ImageSplit } from '../../../../src/nas/data/images/imageSet.js';
import type { Classifier } from '../../../../src/nas/networks/classifier.js';
import type { Protocol } from '../../../../src/nas/records/protocol.js';
import { genotypeNetwork } from '../../../../src/nas/spaces/darts/network.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import { Trainer } from '../../../../src/nas/training/network/trainer.js';
import { dropPathFeed } from '../../../../src/nas/training/network/trainingLoss.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { stripes, tinyCell, tinyProtocol } from '../../training/trainingRun.js';
import { cellOf } from './genotypes.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Node 3 reaches no output: its weights get no gradient. */
const cell = cellOf(
  [
    ['sep_conv_3x3', 0],
    ['skip_connect', 1],
    ['dil_conv_3x3', 0],
    ['max_pool_3x3', 1],
    ['sep_conv_3x3', 1],
    ['skip_connect', 2],
  ],
  [2, 4],
);
const genotype = { normal: cell, reduction: cell };
const protocol: Protocol = { ...tinyProtocol, cells: 3, epochs: 6 };
const settings = { channels: 4, cells: 3, classes: 4, imageChannels: 1 };

/** Every pixel four times in both directions. */
function enlarged({ count, pixels, labels }: ImageSplit): ImageSplit {
  const large = Uint8Array.from({ length: count * 1024 }, (_, i) => {
    const [image, row, column] = [i >> 10, (i >> 5) % 32, i % 32];
    return pixels[image * 64 + (row >> 2) * 8 + (column >> 2)];
  });
  return { count, pixels: large, labels };
}

async function train(network: Classifier, wanted: Protocol, edge = 8) {
  const split = (count: number, seed: number) => (edge === 8 ? stripes(count, seed) : enlarged(stripes(count, seed)));
  const data = { shape: { height: edge, width: edge, channels: 1 }, train: split(48, 1), test: split(30, 2) };
  try {
    const trainer = await Trainer.create({ engine, network, data, protocol: wanted, seed: 5 });
    const losses: number[] = [];
    while (losses.length < wanted.epochs) losses.push((await trainer.epoch()).trainLoss);
    const { accuracy } = await trainer.evaluate();
    const weights = await engine.readSet(network.weights);
    trainer.dispose();
    return { losses, accuracy, weights };
  } finally {
    for (const set of [network.weights, network.runningStatistics]) engine.release(set);
  }
}

describe('training the network of a genotype', () => {
  it('learns with drop path, and differently from without', async () => {
    const [plain, dropped] = [
      await train(genotypeNetwork(genotype, { ...settings, size: 8 }), protocol),
      await train(genotypeNetwork(genotype, { ...settings, size: 8 }), { ...protocol, dropPath: 0.3 }),
    ];
    expect(plain.losses.at(-1)).toBeLessThan(plain.losses[0]);
    expect(dropped.losses.at(-1)).toBeLessThan(dropped.losses[0]);
    expect(dropped.accuracy).toBeGreaterThan(0.5);
    // In the first epoch the probability is zero.
    expect(dropped.losses[0]).toBe(plain.losses[0]);
    expect(dropped.losses.slice(1)).not.toEqual(plain.losses.slice(1));
  });

  it('learns with an auxiliary classifier, whose loss is added', async () => {
    const large = { ...settings, size: 32, auxiliary: true };
    const [plain, helped] = [
      await train(genotypeNetwork(genotype, large), { ...protocol, epochs: 3 }, 32),
      await train(genotypeNetwork(genotype, large), { ...protocol, epochs: 3, auxiliaryWeight: 0.4 }, 32),
    ];
    expect(helped.losses[0]).toBeGreaterThan(plain.losses[0]);
    expect(helped.losses.at(-1)).toBeLessThan(helped.losses[0]);
    expect(helped.weights).not.toEqual(plain.weights);
  });

  it('refuses drop path and auxiliary weights for networks that have neither', async () => {
    const before = engine.memoryBytes;
    const other = () => nasbench201.network(nasbench201.parse(tinyCell), { ...settings, size: 8 });
    await expect(train(other(), { ...protocol, dropPath: 0.2 })).rejects.toThrow('dropPath is 0.2, wanted 0');
    await expect(train(other(), { ...protocol, auxiliaryWeight: 0.4 })).rejects.toThrow('auxiliaryWeight is 0.4');
    const bare = genotypeNetwork(genotype, { ...settings, size: 8 });
    await expect(train(bare, { ...protocol, auxiliaryWeight: 0.4 })).rejects.toThrow('without an auxiliary classifier');
    expect(engine.memoryBytes).toBe(before);
  });
});

describe('drop path', () => {
  it('rises linearly from zero over the epochs, as a feed', () => {
    const program = { hasFeed: (name: string) => name === 'dropPath' } as unknown as Program;
    const rates = [0, 1, 5, 9].map((epoch) => dropPathFeed(program, { ...protocol, epochs: 10, dropPath: 0.2 }, epoch));
    expect(rates.map(({ dropPath: rate }) => rate)).toEqual([0, 0.02, 0.1, expect.closeTo(0.18, 12)]);
  });

  it('drops whole images and preserves the mean', async () => {
    const images = 2000;
    const program = await engine.compile((graph) => {
      const ones = graph.feed('x', [images, 3]);
      const step = graph.feed('step', [], 'u32');
      graph.output('y', dropPath(ones, graph.feed('rate'), step, { seed: 1, purpose: 'cell 0/edge 0' }));
    });
    program.run({ x: new Float32Array(3 * images).fill(1), rate: 0.2, step: 7 });
    const y = Array.from(await program.read('y'));
    program.dispose();
    const kept = y.filter((value) => value !== 0);
    for (const value of kept) expect(value).toBeCloseTo(1.25, 5);
    for (let i = 0; i < images; i++) expect(new Set(y.slice(3 * i, 3 * i + 3)).size).toBe(1);
    // Five standard deviations of a binomial share.
    const deviation = Math.sqrt((0.2 * 0.8) / images);
    expect(Math.abs(kept.length / y.length - 0.8)).toBeLessThan(5 * deviation);
  });
});
