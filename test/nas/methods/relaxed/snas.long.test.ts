// Long: SNAS searches both spaces and finds the planted optimum of a toy space
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { snas } from '../../../../src/nas/methods/relaxed/snas.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';
import { expectSameBits, searchTiny } from './supernetMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('SNAS', () => {
  it('finds the planted optimum of a toy problem, and no operation with a cost if the cost has a large weight', async () => {
    let found = 0;
    for (let seed = 0; seed < 6; seed++) {
      found += Number((await searchToy(engine, snas, { alphaLearningRate: 0.1 }, seed)).isBest);
      const { architecture } = await searchToy(engine, snas, { alphaLearningRate: 0.1, eta: 100 }, seed);
      expect(architecture).not.toContain('sep_conv_3x3');
    }
    expect(found).toBeGreaterThanOrEqual(5);
  });

  it('ends with the same bits when it is stopped, saved and resumed', () =>
    expectSameBits(engine, snas, { alphaLearningRate: 0.1 }));

  it('searches NAS-Bench-201 with costs in parameters and without', async () => {
    for (const cost of ['parameters', 'none'])
      expect((await searchTiny(engine, snas, 'nasbench201', { cost })).result.epochs).toHaveLength(2);
  });

  it('keeps every edge of the DARTS space whose strongest operation is not none', async () => {
    const { result, state } = await searchTiny(engine, snas, 'darts');
    const { relaxation, parse } = spaceByName('darts');
    const [normal, reduction] = relaxation.selection(parse(result.architecture));
    // The two tables follow each other, 14 edges of eight operations each, each edge in its own row.
    expect(state.arrays.alphas.length).toBeGreaterThanOrEqual(224);
    for (const rows of [normal, reduction]) {
      expect(rows.every((chosen) => chosen.length <= 1)).toBe(true);
      expect(rows.filter((chosen) => chosen.length === 1).length).toBeGreaterThan(8);
    }
  });
});
