// Long: SETN searches both spaces and selects by the shared weights
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { setn } from '../../../../src/nas/methods/relaxed/setn.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';
import { expectSameBits, searchTiny } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('SETN', () => {
  it('returns the best by the shared weights: among all candidates a better one than the most probable', async () => {
    // The probabilities carry no information: they keep their initial values. From 1.9 on every image of a toy is classified correctly.
    const values = async (candidates: number) => {
      const each: number[] = [];
      for (let seed = 0; seed < 4; seed++)
        each.push((await searchToy(engine, setn, { alphaLearningRate: 1e-9, candidates }, seed, { batch: 128 })).value);
      return each;
    };
    const [best, mostLikely] = [await values(64), await values(1)];
    expect(Math.min(...best)).toBeGreaterThanOrEqual(1.9);
    expect(Math.min(...mostLikely)).toBeLessThan(1.9);
  });

  it('ends with the same bits when it is stopped, saved and resumed', () =>
    expectSameBits(engine, setn, { alphaLearningRate: 0.1, candidates: 3 }));

  it.each(['nasbench201', 'darts'])('searches the space %s', async (space) => {
    const { result, state } = await searchTiny(engine, setn, space, {
      alphaLearningRate: 0.1,
      candidates: 4,
      samples: 12,
    });
    expect(result.epochs).toHaveLength(2);
    expect(state.arrays.alphas.some((alpha) => Math.abs(alpha) > 0.05)).toBe(true);
  });
});
