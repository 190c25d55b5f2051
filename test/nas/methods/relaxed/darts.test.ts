import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import type { Source } from '../../../../src/nas/data/sources.js';
import { darts } from '../../../../src/nas/methods/relaxed/darts.js';
import type { Search } from '../../../../src/nas/search/method.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import type { Space } from '../../../../src/nas/spaces/shared/space.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { stripes, tinyProtocol } from '../../training/trainingRun.js';
import { problemWith } from '../problems.js';
import { expectSameBits } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const protocol = { ...tinyProtocol, epochs: 3 };
const source: Source = {
  name: 'stripes',
  description: 'stripes',
  classes: ['rows', 'columns', 'wide rows', 'wide columns'],
  trainSplit: stripes(48, 1),
  validationSplit: stripes(40, 2),
  images: 88,
  height: 8,
  width: 8,
  channels: 1,
};
const { channels, cells, imageSize: size, imageChannels } = protocol;
const settings = { channels, cells, size, imageChannels, classes: 4 };

function start(options: object = {}, seed = 3): Search {
  const problem = problemWith({
    space: nasbench201 as Space,
    seed,
    evaluate: () => Promise.reject(new Error('DARTS evaluates no architecture')),
    supernet: { engine, protocol, source, build: (choice) => nasbench201.supernet(settings, choice) },
  });
  return darts.start(problem, darts.options.parse({ alphaLearningRate: 0.05, ...options }));
}

async function finish(search: Search) {
  while (await search.step());
  const state = await search.save();
  const result = search.result();
  search.dispose?.();
  return { state, result };
}

describe('DARTS', () => {
  it('finds the same architecture with the same parameters when it is stopped, saved and resumed', async () => {
    const whole = await finish(start());
    const first = start();
    await first.step();
    const saved = await first.save();
    first.dispose?.();
    const second = start();
    await second.restore(structuredClone(saved));
    const resumed = await finish(second);
    expect(resumed.result).toEqual(whole.result);
    for (const [name, array] of Object.entries(whole.state.arrays))
      expect(new Uint32Array(resumed.state.arrays[name].buffer), name).toEqual(new Uint32Array(array.buffer));
  });

  it('updates its architecture parameters and trains its weights', async () => {
    const { result, state } = await finish(start());
    expect(result.epochs).toHaveLength(3);
    expect(result.epochs[2].trainLoss).toBeLessThan(result.epochs[0].trainLoss);
    expect(nasbench201.format(nasbench201.parse(result.architecture))).toBe(result.architecture);
    const largest = state.arrays.alphas.reduce((most, alpha) => Math.max(most, Math.abs(alpha)), 0);
    expect(largest).toBeGreaterThan(0.05);
  });

  it('keeps running statistics only if requested', async () => {
    const batch = await finish(start());
    const running = await finish(start({ batchNorm: 'running', affine: true }));
    expect(batch.state.arrays.averages.every((value) => value === 0)).toBe(true);
    expect(running.state.arrays.averages.some((value) => value !== 0)).toBe(true);
  });

  it('ends with the same bits in second order when it is stopped, saved and resumed', async () => {
    await expectSameBits(engine, darts, { alphaLearningRate: 0.05, order: 'second' });
  });

  it('refuses the state of another method, and a result before the first step', async () => {
    const search = start();
    expect(() => search.result()).toThrow('darts: result() before the first step()');
    await expect(search.restore({ method: 'random', values: {}, arrays: {} })).rejects.toThrow('state of "random"');
    search.dispose?.();
  });
});
