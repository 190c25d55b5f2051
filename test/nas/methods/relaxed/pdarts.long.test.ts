// Long: P-DARTS searches both spaces and finds the planted optimum of a toy space
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { pDarts } from '../../../../src/nas/methods/relaxed/pdarts/pdarts.js';
import { publishedShares, switchesAfter } from '../../../../src/nas/methods/relaxed/pdarts/switches.js';
import type { SearchEvent } from '../../../../src/nas/search/events.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';
import { finish, tinyProblem } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('P-DARTS', () => {
  it('searches both spaces in three stages, and reports all their epochs', async () => {
    for (const [space, options] of [
      ['nasbench201', {}],
      ['darts', { depths: [3, 3, 3], weightsShare: 0 }],
    ] as const) {
      const events: SearchEvent[] = [];
      const problem = tinyProblem(engine, space, { batch: 24 }, (event) => events.push(event));
      const search = pDarts.start(problem, pDarts.options.parse(options));
      expect(search.progress()).toEqual({ done: 0, total: 6, unit: 'epoch' });
      const { result, state } = await finish(search);
      expect(result.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(search.progress()).toEqual({ done: 6, total: 6, unit: 'epoch' });
      expect(events.filter(({ kind }) => kind === 'epoch').at(-1)).toMatchObject({ done: 6, total: 6 });
      // The operations found were kept by both stages.
      const { tables, selection } = problem.space.relaxation;
      const { ended } = state.values as { ended: number[][][] };
      const width = tables[0].operations.length;
      const left = switchesAfter(tables, ended.slice(0, 2), publishedShares(width));
      selection(problem.space.parse(result.architecture)).forEach((edges, t) => {
        edges.forEach((operations, edge) => {
          for (const operation of operations) expect(left[t][edge * width + operation]).toBe(true);
        });
      });
    }
  });

  it('finds the planted optimum of a toy space', async () => {
    let found = 0;
    for (let seed = 0; seed < 8; seed++) {
      const options = { alphaLearningRate: 0.1, maxSkips: 3, skipDropout: [0, 0, 0] };
      if ((await searchToy(engine, pDarts, options, seed)).isBest) found++;
    }
    // One draw finds it with probability 1/64.
    expect(found).toBeGreaterThanOrEqual(6);
  });

  it('finds no more skip connections on a toy space than the limit', async () => {
    for (let seed = 0; seed < 6; seed++) {
      const options = { alphaLearningRate: 0.1, maxSkips: 0 };
      expect((await searchToy(engine, pDarts, options, seed)).architecture).not.toContain('skip_connect');
    }
  });
});
