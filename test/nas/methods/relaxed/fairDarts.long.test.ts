// Long: FairDARTS searches both spaces and finds the planted optimum of a toy space
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { fairDarts } from '../../../../src/nas/methods/relaxed/fairDarts/fairDarts.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';
import { finish, tinyProblem } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('FairDARTS', () => {
  it('searches both spaces, with different and with the same images for both updates', async () => {
    for (const [space, options] of [
      ['nasbench201', { threshold: 0.5 }],
      ['darts', { order: 'single', derivation: 'threshold-edge', threshold: 0.5 }],
    ] as const) {
      const problem = tinyProblem(engine, space);
      const { result } = await finish(fairDarts.start(problem, fairDarts.options.parse(options)));
      expect(result.epochs).toHaveLength(2);
      expect(problem.space.format(problem.space.parse(result.architecture))).toBe(result.architecture);
    }
  });

  it('finds the planted optimum of a toy space', async () => {
    let found = 0;
    for (let seed = 0; seed < 8; seed++) {
      const options = { alphaLearningRate: 0.1, zeroOneWeight: 0.1, threshold: 0 };
      if ((await searchToy(engine, fairDarts, options, seed)).isBest) found++;
    }
    // One draw finds it with probability 1/64.
    expect(found).toBeGreaterThanOrEqual(5);
  });
});
