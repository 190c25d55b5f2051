import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { balenas } from '../../../../src/nas/methods/relaxed/balenas/balenas.js';
import { gaussianRule } from '../../../../src/nas/methods/relaxed/balenas/gaussianRule.js';
import {
  bestByScores,
  rankSums,
  sampleArchitectures,
} from '../../../../src/nas/methods/relaxed/balenas/trainingFree.js';
import { deviations, vadamStep } from '../../../../src/nas/methods/relaxed/balenas/vadam.js';
import { evaluateScores, scoreBatch } from '../../../../src/nas/scores/evaluate.js';
import { scoreByName } from '../../../../src/nas/scores/scores.js';
import type { Problem } from '../../../../src/nas/search/problem.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import type { Space } from '../../../../src/nas/spaces/shared/space.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { stripes } from '../../training/trainingRun.js';
import { toyProblem } from '../toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const cells = nasbench201 as Space;
const sizes = { channels: 4, cells: 1, classes: 4, size: 8, imageChannels: 1 };
const settings = { learningRate: 0.01, beta1: 0.5, beta2: 0.9, priorPrecision: 2, examples: 100 };

describe('Vadam', () => {
  it('updates mean and precision as a hand computation of two steps does', () => {
    // N 100, prior precision 2: step 1 with gradient 0.2 has momentum 0.5 (0.2 + 0.02 * 0.3) = 0.103, second moment
    // 0.9 * 0.01 + 0.1 * 0.04 = 0.013, mean 0.3 - 0.01 * 0.206 / (sqrt(0.13) + 0.02); step 2 has gradient -0.1.
    const start = { mean: Float32Array.of(0.3), momentum: Float32Array.of(0), second: Float32Array.of(0.01) };
    const one = vadamStep(start, Float32Array.of(0.2), 1, settings);
    expect(one.mean[0]).toBeCloseTo(0.2945868552, 6);
    expect(one.momentum[0]).toBeCloseTo(0.103, 7);
    expect(one.second[0]).toBeCloseTo(0.013, 7);
    expect(deviations(one.second, settings)[0]).toBeCloseTo(0.5504818826, 6);
    const two = vadamStep(one, Float32Array.of(-0.1), 2, settings);
    expect(two.mean[0]).toBeCloseTo(0.2943740363, 6);
    expect(two.momentum[0]).toBeCloseTo(0.0044458686, 7);
    expect(two.second[0]).toBeCloseTo(0.0127, 7);
  });

  it('updates the means of a supernet, whose noise has the standard deviations of the moments', async () => {
    const supernet = nasbench201.supernet(sizes, { affine: false, batchNorm: 'batch' });
    const [alpha] = supernet.alphas.variables;
    engine.allocate(supernet.alphas, 1);
    const mean = Float32Array.from(await engine.read(alpha));
    const rule = gaussianRule(engine, supernet, 4, settings);
    const place = { part: 'alphas', step: 0, steps: 8, epoch: 0, epochs: 1 } as const;
    const noise = () => rule.feeds?.(place) as Record<string, Float32Array>;
    const before = noise()['alphas/noise alpha'];
    const gradient = Float32Array.from({ length: 30 }, (_, i) => (i - 12) / 10);
    await rule.update?.([gradient], place);
    const zero = new Float32Array(30);
    const wanted = vadamStep({ mean, momentum: zero, second: zero }, gradient, 1, settings);
    expect(Float32Array.from(await engine.read(alpha))).toEqual(wanted.mean);
    const after = noise()['alphas/noise alpha'];
    // The same normal numbers, over sqrt(2) before, and over sqrt(100 * 0.1 g^2 + 2) after.
    gradient.forEach((g, i) => {
      expect(after[i] / before[i]).toBeCloseTo(Math.sqrt(2 / (10 * g * g + 2)), 5);
    });
    expect(rule.deviations()).toEqual([deviations(wanted.second, settings)]);
    engine.release(supernet.alphas);
  });
});

describe('training-free selection', () => {
  const means = Float32Array.from({ length: 30 }, (_, i) => (i % 5 === Math.floor(i / 5) % 5 ? 1 : 0));

  it('samples the architecture of the means if standard deviations are small, and others if they are large', () => {
    const sample = (deviation: number) =>
      sampleArchitectures(cells, { means: [means], deviations: [new Float32Array(30).fill(deviation)] }, 50, 3);
    expect(sample(0.01)).toEqual([[0, 1, 2, 3, 4, 0]]);
    const texts = sample(1).map((each) => cells.format(each));
    expect(texts.length).toBeGreaterThan(40);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('adds up the ranks of every score, ascending for scores where lower is better, undefined ones last', () => {
    const values = [
      [10, 5],
      [20, 7],
      [10, null],
      [null, 9],
    ];
    // By the first, lower is better: 0, 2, 0, 3; by the second, higher: 2, 1, 3, 0.
    expect(rankSums(values, [{ lowerIsBetter: true }, {}])).toEqual([2, 3, 3, 3]);
  });

  it('takes the architecture of the highest score', async () => {
    const context = {
      engine,
      space: cells,
      settings: sizes,
      ...scoreBatch(stripes(16, 1), { height: 8, width: 8, channels: 1 }, { batch: 8, seed: 1 }),
    };
    const synflow = scoreByName('synflow');
    const texts = [
      '|skip_connect~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|',
      '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|',
      '|nor_conv_1x1~0|+|avg_pool_3x3~0|skip_connect~1|+|none~0|skip_connect~1|none~2|',
    ];
    const all = texts.map((text) => cells.parse(text));
    const values: number[] = [];
    for (const each of all) values.push((await evaluateScores([synflow], context, each)).scores.synflow ?? Number.NaN);
    const best = await bestByScores(all, [synflow], context);
    expect(cells.format(best)).toBe(texts[values.indexOf(Math.max(...values))]);
    expect(cells.format(best)).toBe(texts[1]);
  });
});

describe('a search by BaLeNAS', () => {
  it('keeps the moments of Vadam and none of Adam, and restores states that have both', async () => {
    const start = () =>
      balenas.start(toyProblem(engine, 2, { epochs: 2 }).problem as Problem, balenas.options.parse({}));
    const whole = start();
    while (await whole.step());
    const first = start();
    await first.step();
    const state = await first.save();
    const names = Object.keys(state.arrays);
    expect(names.filter((name) => name.startsWith('vadam/'))).toHaveLength(2);
    // Optimisers' states are named after their sets: of the weights there is a velocity, of the alphas nothing.
    expect(names.filter((name) => name.startsWith('alphas/'))).toEqual([]);
    const [size] = names.flatMap((name) => (name === 'alphas' ? [state.arrays[name].length] : []));
    const moments = { 'alphas/firstMoment': new Float32Array(size), 'alphas/secondMoment': new Float32Array(size) };
    const second = start();
    await second.restore({ ...state, arrays: { ...state.arrays, ...moments } });
    while (await second.step());
    expect(second.result()).toEqual(whole.result());
    for (const search of [whole, first, second]) search.dispose?.();
  });
});
