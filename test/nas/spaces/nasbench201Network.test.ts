import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logicalSize } from '../../../src/engine/graph/types.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { deriveArchitecture } from '../../../src/nas/methods/shared/derivation.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { nasbench201Pieces, placeElements } from './unstack.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const small = { channels: 4, cells: 1, classes: 5, size: 8, imageChannels: 3 };

async function forwardProgram(text: string, settings = small) {
  const network = nasbench201.network(nasbench201.parse(text), settings);
  engine.allocate(network.weights, 1);
  engine.allocate(network.runningStatistics, 1);
  const program = await engine.compile((graph) => {
    const { size, imageChannels } = settings;
    graph.output('logits', network.forward(graph.feed('x', [2, size, size, imageChannels]), 'train'));
  });
  return { network, program };
}

describe('a network of NAS-Bench-201', () => {
  const cells = Array.from({ length: 6 }, (_, i) => nasbench201.format(nasbench201.random(new Random(i, 'cells'))));

  it.each(cells)('has the parameters and multiply-adds of its formula: %s', async (text) => {
    const { network, program } = await forwardProgram(text);
    const parameters = network.weights.variables.reduce((total, variable) => total + logicalSize(variable.type), 0);
    const cost = nasbench201.count(nasbench201.parse(text), small);
    expect(parameters).toBe(cost.parameters);
    expect(program.cost.multiplyAdds).toBe(2 * cost.multiplyAdds);
    program.dispose();
  });

  it('has finite scores of every class, for any cell', async () => {
    const none = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';
    for (const text of [none, ...cells.slice(0, 2)]) {
      const { program } = await forwardProgram(text);
      const random = new Random(3, 'images');
      program.run({ x: Float32Array.from({ length: 2 * 8 * 8 * 3 }, () => random.normal()) });
      const logits = await program.read('logits');
      expect(logits).toHaveLength(10);
      expect(Array.from(logits).every(Number.isFinite)).toBe(true);
      program.dispose();
    }
  });
});

describe('a supernet of NAS-Bench-201', () => {
  it('keeps the strongest operation of every edge, the first of equals', () => {
    const alphas = new Float32Array(30);
    alphas[0 * 5 + 3] = 1;
    alphas[1 * 5 + 1] = 2;
    alphas[3 * 5 + 4] = 0.5;
    alphas[5 * 5 + 2] = 0.1;
    expect(nasbench201.format(deriveArchitecture(nasbench201.relaxation, [alphas]))).toBe(
      '|nor_conv_3x3~0|+|skip_connect~0|none~1|+|avg_pool_3x3~0|none~1|nor_conv_1x1~2|',
    );
  });

  it('equals the discrete network if its mixture is one operation per edge', async () => {
    const text = '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|skip_connect~1|nor_conv_3x3~2|';
    const cell = nasbench201.parse(text);
    const network = nasbench201.network(cell, small);
    const supernet = nasbench201.supernet(small, { affine: true, batchNorm: 'running' });
    for (const set of [
      network.weights,
      network.runningStatistics,
      supernet.weights,
      supernet.runningStatistics,
      supernet.alphas,
    ])
      engine.allocate(set, 1);
    // With an architecture parameter of 60 and zeros, the others have a share of e^-60 in the mixture.
    const alphas = new Float32Array(30);
    cell.forEach((operation, edge) => {
      alphas[edge * 5 + operation] = 60;
    });
    engine.write(supernet.alphas.variables[0], alphas);
    const pieces = nasbench201Pieces(small);
    for (const variable of network.weights.variables) {
      const edge = /edge (\d)/.exec(variable.name);
      const kernel = edge && (cell[Number(edge[1])] === 2 ? '1x1' : '3x3');
      const name = kernel ? variable.name.replace(/(edge \d)/, `$1/${kernel}`) : variable.name;
      const piece = pieces.get(name);
      const holder = supernet.weights.variables.find((candidate) => candidate.name === (piece?.stacked ?? name));
      if (!holder) throw new Error(`no weight ${name} in the supernet`);
      const elements = await engine.read(variable);
      const held = Array.from(await engine.read(holder));
      placeElements(piece ?? { stacked: name, width: held.length, start: 0, channels: held.length }, elements, held);
      engine.write(holder, held);
    }
    const random = new Random(4, 'images');
    const x = Float32Array.from({ length: 2 * 8 * 8 * 3 }, () => random.normal());
    const results: number[][] = [];
    for (const model of [network, supernet]) {
      const program = await engine.compile((graph) => {
        graph.output('logits', model.forward(graph.feed('x', [2, 8, 8, 3]), 'train'));
      });
      program.run({ x });
      results.push(Array.from(await program.read('logits')));
      program.dispose();
    }
    results[0].forEach((value, i) => {
      expect(results[1][i]).toBeCloseTo(value, 4);
    });
  });
});
