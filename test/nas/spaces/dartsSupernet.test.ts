import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import { Graph } from '../../../src/engine/graph/graph.js';
import { logicalSize } from '../../../src/engine/graph/types.js';
import type { VariableSet } from '../../../src/engine/graph/variables.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { Supernet } from '../../../src/nas/networks/classifier.js';
import { dartsSupernet } from '../../../src/nas/spaces/darts/supernet.js';
import type { NetworkSettings } from '../../../src/nas/spaces/shared/networkSettings.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { unfusedDarts } from './unfusedDarts.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** The second and the third cell halve the image. */
const settings = { channels: 4, cells: 3, classes: 3, size: 8, imageChannels: 2 };

function countNumbers(set: VariableSet): number {
  return set.variables.reduce((sum, { type }) => sum + logicalSize(type), 0);
}

/**
 * Of one image's forward pass: pixels of the output * outputs * inputs of a group * taps of each convolution, taps outside the
 * image included, and inputs * outputs of the classifier; everything else counts zero.
 */
function countMultiplyAdds({ forward }: Supernet, { size, imageChannels }: NetworkSettings): number {
  const graph = new Graph();
  forward(graph.feed('image', [1, size, size, imageChannels]), 'train');
  let sum = 0;
  for (const { operation, inputs, outputs } of graph.nodes) {
    const [output] = outputs;
    const weight = inputs[1]?.shape;
    if (operation.name === 'matmul') sum += weight[0] * weight[1];
    // [height, width, inputs of a group, outputs]; of depthwise ones [height, width, copies, channels].
    if (operation.name === 'conv2d') sum += (logicalSize(output.type) * logicalSize(inputs[1].type)) / weight[3];
    if (operation.name === 'depthwiseConv2d' || operation.name === 'batchNormDepthwise')
      sum += logicalSize(output.type) * weight[0] * weight[1];
  }
  return sum;
}

describe('the search network of DARTS', () => {
  it('refuses channels that are not a multiple of four, and states what to do', () => {
    const make = () => dartsSupernet({ ...settings, channels: 6 }, { affine: false, batchNorm: 'batch' });
    expect(make).toThrow(AttributeError);
    expect(make).toThrow(/^dartsSupernet: channels is 6, wanted a multiple of 4: .*; use 4 or 8$/);
  });

  // 1,930,618 is the number of parameters of the published search network of 16 channels and eight cells.
  it.each([
    { channels: 8, cells: 4, weights: 347_298, multiplyAdds: 49_620_224 },
    { channels: 16, cells: 8, weights: 1_930_618, multiplyAdds: 300_255_744 },
  ])(
    'has $weights weights and $multiplyAdds multiply-adds an image of CIFAR at $channels channels and $cells cells',
    ({ channels, cells, weights, multiplyAdds }) => {
      const cifar = { channels, cells, classes: 10, size: 32, imageChannels: 3 };
      for (const build of [dartsSupernet, unfusedDarts]) {
        const supernet = build(cifar, { affine: false, batchNorm: 'batch' });
        expect(countNumbers(supernet.weights)).toBe(weights);
        expect(countNumbers(supernet.alphas)).toBe(2 * 14 * 8);
        expect(countMultiplyAdds(supernet, cifar)).toBe(multiplyAdds);
      }
    },
  );
});
