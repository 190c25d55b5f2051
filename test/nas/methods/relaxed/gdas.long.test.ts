// Long: GDAS searches both spaces and finds the planted optimum of a toy space
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { gdas } from '../../../../src/nas/methods/relaxed/gdas.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';
import { searchTiny } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('GDAS', () => {
  it('finds the planted optimum of a toy problem, which a random draw finds once in 64', async () => {
    let found = 0;
    for (let seed = 0; seed < 6; seed++)
      found += Number((await searchToy(engine, gdas, { alphaLearningRate: 0.1 }, seed)).isBest);
    expect(found).toBeGreaterThanOrEqual(5);
  });

  it.each(['nasbench201', 'darts'])('searches the space %s', async (space) => {
    const { result, state } = await searchTiny(engine, gdas, space, { alphaLearningRate: 0.1 });
    expect(result.epochs).toHaveLength(2);
    expect(state.arrays.alphas.some((alpha) => Math.abs(alpha) > 0.05)).toBe(true);
  });
});
