// Long: PC-DARTS searches both spaces and finds the planted optimum of a toy space
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { pcDarts } from '../../../../src/nas/methods/relaxed/pcDarts.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';
import { finish, tinyProblem } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const start = (problem: ReturnType<typeof tinyProblem>, options: object) =>
  pcDarts.start(problem, pcDarts.options.parse(options));

describe('PC-DARTS', () => {
  it('searches both spaces on a part of the channels', async () => {
    for (const [space, channels, text] of [
      ['nasbench201', 8, /^\|/],
      ['darts', 8, /./],
    ] as const) {
      const problem = tinyProblem(engine, space, { channels });
      const { result, state } = await finish(start(problem, { partial: 2, alphaStart: 1 }));
      expect(result.architecture).toMatch(text);
      expect(result.epochs).toHaveLength(2);
      // The architecture parameters are not updated in the first epoch.
      expect(result.epochs.map(({ validationLoss }) => validationLoss !== undefined)).toEqual([false, true]);
      expect(state.arrays.alphas.length).toBeGreaterThan(0);
    }
  });

  it('finds the planted optimum of a toy space', async () => {
    let found = 0;
    for (let seed = 0; seed < 8; seed++) {
      const { isBest } = await searchToy(engine, pcDarts, { alphaLearningRate: 0.1 }, seed);
      if (isBest) found++;
    }
    // One draw finds it with probability 1/64.
    expect(found).toBeGreaterThanOrEqual(6);
  });
});
