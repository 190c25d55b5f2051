import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logicalSize } from '../../../../src/engine/graph/types.js';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { countGenotype } from '../../../../src/nas/spaces/darts/cost.js';
import type { Genotype } from '../../../../src/nas/spaces/darts/genotype.js';
import { genotypeNetwork } from '../../../../src/nas/spaces/darts/network.js';
import type { NetworkSettings } from '../../../../src/nas/spaces/shared/networkSettings.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { anyGenotype, cellOf } from './genotypes.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const small = { channels: 4, cells: 3, classes: 5, size: 8, imageChannels: 3 };

const SIZES: Readonly<Record<string, NetworkSettings>> = {
  'a small network': small,
  'CIFAR-10 with an auxiliary classifier': { ...small, channels: 6, cells: 4, size: 32, auxiliary: true },
  ImageNet: { ...small, cells: 4, size: 32, imagenet: true },
  'ImageNet with an auxiliary classifier': { ...small, size: 224, imagenet: true, auxiliary: true },
};

function parametersOf(genotype: Genotype, settings: NetworkSettings): number {
  const { weights } = genotypeNetwork(genotype, settings);
  return weights.variables.reduce((total, variable) => total + logicalSize(variable.type), 0);
}

describe('the network of a genotype', () => {
  it.each(Object.entries(SIZES))('has the counted number of variables, for any genotype: %s', (_, settings) => {
    for (let seed = 0; seed < 8; seed++) {
      const genotype = anyGenotype(seed);
      const { parameters } = countGenotype(genotype, settings, { auxiliary: settings.auxiliary });
      expect(parametersOf(genotype, settings), `genotype ${seed}`).toBe(parameters);
    }
  });

  it('has the multiply-adds that are counted, and finite scores of every class', async () => {
    for (const [seed, settings] of [small, { ...small, size: 32, imagenet: true }].entries()) {
      const { size, imageChannels } = settings;
      const genotype = anyGenotype(seed);
      const network = genotypeNetwork(genotype, settings);
      engine.allocate(network.weights, 1);
      engine.allocate(network.runningStatistics, 1);
      const program = await engine.compile((graph) => {
        graph.output('logits', network.forward(graph.feed('x', [2, size, size, imageChannels]), 'train'));
      });
      expect(program.cost.multiplyAdds).toBe(2 * countGenotype(genotype, settings).multiplyAdds);
      const random = new Random(3, 'images');
      program.run({ x: Float32Array.from({ length: 2 * size * size * imageChannels }, () => random.normal()) });
      const logits = await program.read('logits');
      expect(logits).toHaveLength(10);
      expect(Array.from(logits).every(Number.isFinite)).toBe(true);
      program.dispose();
      engine.release(network.weights);
      engine.release(network.runningStatistics);
    }
  });

  it('omits nodes without edges that the output does not need', () => {
    const cell = cellOf([['skip_connect', 0]], [2]);
    const isolated = { edges: [{ operation: 'skip_connect', from: 0, to: 3 }], concat: [3] } as const;
    expect(parametersOf({ normal: isolated, reduction: isolated }, small)).toBe(
      parametersOf({ normal: cell, reduction: cell }, small),
    );
  });
});
