import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { crossEntropy } from '../../../../src/engine/ops/loss/crossEntropy.js';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { gdas, gumbelRule } from '../../../../src/nas/methods/relaxed/gdas.js';
import { noiseFeed } from '../../../../src/nas/methods/relaxed/gumbel.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import { type StepPlace, softmaxRows } from '../../../../src/nas/training/bilevel/relaxedRule.js';
import { splitGradients } from '../../../../src/nas/training/bilevel/splitGradients.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { expectSameBits, searchTiny } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const TAU = { tauFirst: 10, tauLast: 0.1 };
const WIDTH = 5;
const place: StepPlace = { part: 'alphas', step: 3, steps: 10, epoch: 7, epochs: 10 };
/** The temperature of that epoch. */
const TEMPERATURE = 10 - (9.9 * 7) / 9;

const supernetOf = () =>
  nasbench201.supernet(
    { channels: 4, cells: 1, classes: 4, size: 8, imageChannels: 1 },
    { affine: false, batchNorm: 'batch', gated: true },
  );

/** Probabilities of the concrete sample in double precision. */
function concrete(alpha: ArrayLike<number>, noise: ArrayLike<number>): Float64Array {
  const result = new Float64Array(alpha.length);
  for (let start = 0; start < alpha.length; start += WIDTH) {
    const row = Array.from({ length: WIDTH }, (_, i) => Math.exp((alpha[start + i] + noise[start + i]) / TEMPERATURE));
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((each, i) => {
      result[start + i] = each / sum;
    });
  }
  return result;
}

describe('GDAS', () => {
  it('opens on every edge the candidate with the largest architecture parameter plus noise, and no other', async () => {
    const supernet = supernetOf();
    const random = new Random(4, 'alphas');
    const alpha = Float32Array.from({ length: 30 }, () => random.normal());
    const rule = gumbelRule(supernet, async () => alpha, 5, TAU);
    const feeds = (await rule.feeds?.(place)) as Record<string, Float32Array>;
    const noise = feeds[noiseFeed('alphas', 'alpha')];
    for (let edge = 0; edge < 6; edge++) {
      const row = [0, 1, 2, 3, 4].map((o) => alpha[edge * WIDTH + o] + noise[edge * WIDTH + o]);
      const open = [...feeds['alphas/sample alpha'].subarray(edge * WIDTH, (edge + 1) * WIDTH)];
      expect(open).toEqual(row.map((value) => (value === Math.max(...row) ? 1 : 0)));
    }
    expect(feeds['alphas/inverse temperature'][0]).toBeCloseTo(1 / TEMPERATURE, 12);
    expect(await rule.feeds?.(place)).toEqual(feeds);
    const ofWeights = (await rule.feeds?.({ ...place, part: 'weights' })) as Record<string, Float32Array>;
    expect(ofWeights['weights/sample alpha']).not.toEqual(feeds['alphas/sample alpha']);
  });

  it('passes the gradient of the chosen candidate to the architecture parameters through its probability only', async () => {
    const supernet = supernetOf();
    const [alpha] = supernet.alphas.variables;
    engine.allocate(supernet.weights, 1);
    engine.allocate(supernet.alphas, 1);
    const random = new Random(6, 'inputs');
    const values = Float32Array.from({ length: 30 }, () => random.normal());
    engine.write(alpha, values);
    const images = Float32Array.from({ length: 8 * 64 }, () => random.normal());
    const labels = Uint32Array.from([0, 1, 2, 3, 0, 1, 2, 3]);
    const rule = gumbelRule(supernet, (variable) => engine.read(variable), 11, TAU);
    const program = await engine.compile((graph) => {
      const traced = rule.trace(graph, 'alphas');
      const x = graph.feed('images', [8, 8, 8, 1]);
      const logits = supernet.forward(x, 'train', traced.mixture);
      const loss = crossEntropy(logits, graph.feed('labels', [8], 'u32'));
      const { parameters } = splitGradients(loss, traced, { parameters: supernet.alphas });
      graph.output('loss', loss);
      graph.output('by weight', gradients(loss, traced.mixture.weights)[0]!);
      graph.output('by alpha', parameters[0]!);
    });
    const feeds = (await rule.feeds?.(place)) as Record<string, Float32Array>;
    const hot = feeds['alphas/sample alpha'];
    const lossAt = async (weights: Float32Array) => {
      program.run({ ...feeds, images, labels, 'alphas/sample alpha': weights });
      return (await program.read('loss'))[0];
    };
    await lossAt(hot);
    const byWeight = Float32Array.from(await program.read('by weight'));
    const byAlpha = Float32Array.from(await program.read('by alpha'));

    const noise = feeds[noiseFeed('alphas', 'alpha')];
    const p = concrete(values, noise);
    const largest = byAlpha.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    for (let i = 0; i < 30; i++) {
      const start = i - (i % WIDTH);
      const k = start + hot.subarray(start, start + WIDTH).indexOf(1);
      // dp_k / dalpha_i of a softmax at the temperature.
      const wanted = (byWeight[k] * p[k] * ((i === k ? 1 : 0) - p[i])) / TEMPERATURE;
      expect(Math.abs(byAlpha[i] - wanted), `element ${i}`).toBeLessThan(1e-5 * largest);

      if (i !== k) continue;
      // The same from losses: the weight of the chosen candidate is 1 + p_k(alpha) - p_k.
      const h = 0.02;
      const [above, below] = [h, -h].map((d) => concrete(values.with(i, values[i] + d), noise)[k] - p[k]);
      const difference = (await lossAt(hot.with(k, 1 + above))) - (await lossAt(hot.with(k, 1 + below)));
      // Differences of f32 losses near 1 are good to 2e-7.
      expect(Math.abs(byAlpha[i] - difference / (2 * h)), `element ${i}`).toBeLessThan(0.01 * largest);
    }
    program.dispose();
    engine.release(supernet.weights);
    engine.release(supernet.alphas);
  });

  it('weights candidates by the softmax at the end', () => {
    const rule = gumbelRule(supernetOf(), async () => [], 0, TAU);
    const alpha = Float32Array.from({ length: 30 }, (_, i) => i / 7);
    expect(rule.operationScores([alpha])).toEqual([softmaxRows(alpha, WIDTH)]);
  });

  it('ends with the same bits when it is stopped, saved and resumed', () =>
    expectSameBits(engine, gdas, { alphaLearningRate: 0.1 }));

  it('computes the same bits with checkpoints', async () => {
    const [without, having] = [
      await searchTiny(engine, gdas, 'nasbench201'),
      await searchTiny(engine, gdas, 'nasbench201', { checkpoint: true }),
    ];
    expect(having.result).toEqual(without.result);
    expect(having.state.arrays.alphas).toEqual(without.state.arrays.alphas);
  });
});
