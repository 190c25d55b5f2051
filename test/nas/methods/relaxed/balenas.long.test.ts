// Long: BaLeNAS searches both spaces and finds the planted optimum of a toy space
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { balenas } from '../../../../src/nas/methods/relaxed/balenas/balenas.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';
import { expectSameBits, searchTiny } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('BaLeNAS', () => {
  it('finds the planted optimum of a toy problem, which a random draw finds once in 64', async () => {
    let found = 0;
    for (let seed = 0; seed < 6; seed++)
      found += Number((await searchToy(engine, balenas, { alphaLearningRate: 0.1 }, seed)).isBest);
    expect(found).toBeGreaterThanOrEqual(5);
  });

  it('ends with the same bits when it is stopped, saved and resumed', () =>
    expectSameBits(engine, balenas, { alphaLearningRate: 0.1 }));

  it.each(['nasbench201', 'darts'])('searches the space %s, and selects without training', async (space) => {
    const { result, state } = await searchTiny(engine, balenas, space, { alphaLearningRate: 0.1 });
    expect(result.epochs).toHaveLength(2);
    const seconds = Object.entries(state.arrays).filter(([name]) => name.startsWith('vadam/second'));
    expect(seconds.length).toBe(space === 'darts' ? 2 : 1);
    for (const [, second] of seconds) expect(second.some((each) => each > 0)).toBe(true);
    const free = { selection: 'training-free', samples: 2, score: space === 'darts' ? 'naswot' : 'ntk-linear-regions' };
    expect((await searchTiny(engine, balenas, space, free)).result.epochs).toHaveLength(2);
  });
});
