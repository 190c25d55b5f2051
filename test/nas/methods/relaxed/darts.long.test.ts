// Long: DARTS finds the planted optimum of a toy space, in first and second order
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { darts } from '../../../../src/nas/methods/relaxed/darts.js';
import type { Method } from '../../../../src/nas/search/method.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('DARTS', () => {
  it.each(['first', 'second'])('finds the optimum of toy problems, one of 64, in %s order', async (order) => {
    let found = 0;
    for (let seed = 0; seed < 6; seed++)
      found += Number((await searchToy(engine, darts as Method, { alphaLearningRate: 0.05, order }, seed)).isBest);
    expect(found).toBeGreaterThanOrEqual(5);
  });
});
