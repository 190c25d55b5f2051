import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { noiseFeed } from '../../../../src/nas/methods/relaxed/gumbel.js';
import { candidateCosts, concreteRule } from '../../../../src/nas/methods/relaxed/snas.js';
import { OPERATIONS } from '../../../../src/nas/spaces/darts/operations.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import type { Space } from '../../../../src/nas/spaces/shared/space.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { softmaxRows } from '../../../../src/nas/training/bilevel/relaxedRule.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const settings = { channels: 4, cells: 1, classes: 4, size: 8, imageChannels: 1 };

describe('the cost of candidates', () => {
  it('on NAS-Bench-201 is that of convolutions: nine units for 3x3, one for 1x1, zero for the others', () => {
    const [costs] = candidateCosts(nasbench201 as Space, settings, 'flops');
    for (let edge = 0; edge < 6; edge++)
      [0, 0, 1 / 9, 1, 0].forEach((wanted, o) => {
        expect(costs[edge * 5 + o], `edge ${edge}, operation ${o}`).toBeCloseTo(wanted, 6);
      });
  });

  it('on the DARTS space counts the layers of every cell of a kind', () => {
    // One normal cell of 4 channels on 8x8 pixels, a reduction to 8 on 4x4 from it and one to 16 on 2x2: a separable convolution
    // is two depthwise and two pointwise ones, a dilated one one of each; a skip that halves the image two pointwise ones to half of the channels.
    const [normal, reduction] = candidateCosts(spaceByName('darts'), { ...settings, cells: 3 }, 'flops');
    const of = (name: (typeof OPERATIONS)[number]) => OPERATIONS.indexOf(name);
    const products = (c: number, kernel: number) => c * kernel ** 2 + c * c;
    const most = 2 * products(4, 5) * 64;
    expect(normal[of('sep_conv_3x3')] * most).toBeCloseTo(2 * products(4, 3) * 64, 2);
    expect(normal[of('dil_conv_5x5')] * most).toBeCloseTo(products(4, 5) * 64, 2);
    expect(normal[of('skip_connect')]).toBe(0);
    expect(normal[of('sep_conv_5x5')]).toBe(1);
    expect(reduction[of('sep_conv_5x5')] * most).toBeCloseTo(2 * (products(8, 5) * 16 + products(16, 5) * 4), 2);
    expect(reduction[of('skip_connect')] * most).toBeCloseTo(64 * 16 + 256 * 4, 2);
    for (const name of ['none', 'max_pool_3x3', 'avg_pool_3x3'] as const) expect(reduction[of(name)]).toBe(0);
  });
});

describe('SNAS', () => {
  it('adds to the loss eta times the cost of the sample that weights the candidates', async () => {
    const supernet = nasbench201.supernet(settings, { affine: false, batchNorm: 'batch' });
    const [alpha] = supernet.alphas.variables;
    engine.allocate(supernet.alphas, 1);
    const random = new Random(2, 'alphas');
    const values = Float32Array.from({ length: 30 }, () => random.normal());
    engine.write(alpha, values);
    const costs = candidateCosts(nasbench201 as Space, settings, 'flops');
    const rule = concreteRule(supernet, 7, { temperatureFirst: 1, temperatureLast: 0.03, eta: 0.5, costs });
    const program = await engine.compile((graph) => {
      graph.output('sample', rule.trace(graph, 'weights').mixture.weights[0]);
      graph.output('penalty', rule.penalty!(graph));
    });
    const place = { step: 4, steps: 9, epoch: 1, epochs: 3 };
    const feeds = rule.feeds?.({ ...place, part: 'weights' }) as Record<string, Float32Array>;
    expect(rule.feeds?.({ ...place, part: 'alphas' })).toEqual({});
    program.run(feeds);
    // The middle of three epochs: (1 + 0.03) / 2.
    const noisy = values.map((value, i) => (value + feeds[noiseFeed('weights', 'alpha')][i]) / 0.515);
    const wanted = softmaxRows(noisy, 5);
    const sample = await program.read('sample');
    wanted.forEach((each, i) => {
      expect(Math.abs(sample[i] - each)).toBeLessThan(1e-5);
    });
    const cost = wanted.reduce((sum, each, i) => sum + each * costs[0][i], 0);
    expect((await program.read('penalty'))[0]).toBeCloseTo(0.5 * cost, 5);
    program.dispose();
    engine.release(supernet.alphas);
  });
});
