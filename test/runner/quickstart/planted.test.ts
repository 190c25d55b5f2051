import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LADDER } from '../../../runner/quickstart/sizes.js';
import { quickstartStudy } from '../../../runner/quickstart/studyFile.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import type { Problem } from '../../../src/nas/search/problem.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import type { Space } from '../../../src/nas/spaces/shared/space.js';
import { searchProblem } from '../../../src/nas/transfer/searchProblem.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { searchToy } from '../../nas/methods/toySpace.js';
import { stripes } from '../../nas/training/trainingRun.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const SEEDS = 6;

/** A planted optimum: on each of three edges one of four operations passes most of the signal of the class. */
async function found(options: object, seeds = SEEDS): Promise<number> {
  const { protocols } = parseStudy(quickstartStudy(LADDER[0]));
  const { optimizer, schedule, batch } = protocols.search;
  // 128 images per split: twice the epochs give as many steps as the smallest study has.
  const parts = { optimizer, schedule, batch, epochs: 2 * protocols.search.epochs };
  let right = 0;
  for (let seed = 0; seed < seeds; seed++)
    right += Number((await searchToy(engine, methodByName('darts'), options, seed, parts)).isBest);
  return right;
}

describe('DARTS with the settings of the smallest quickstart', () => {
  it('finds the planted operation of every edge, of 64 architectures, with most seeds', async () => {
    const { methods } = parseStudy(quickstartStudy(LADDER[0]));
    const darts = methods.find((method) => method.name === 'darts')!;
    // By chance one seed in 64; with five of six that has a probability below one in 10^8.
    expect(await found(darts.options as object)).toBeGreaterThanOrEqual(5);
  });

  it('changes the share of the strongest operation of an edge by more than a tenth, on average over edges', async () => {
    const { methods, protocols } = parseStudy(quickstartStudy(LADDER[0]));
    const darts = methods.find((method) => method.name === 'darts')!;
    const shape = { name: 'stripes', height: 8, width: 8, channels: 1, classes: ['a', 'b', 'c', 'd'] } as const;
    const set = { ...shape, train: stripes(512, 1), test: stripes(8, 2) };
    const task = { protocol: protocols.search, seed: 0, specification: { set: 'stripes', rule: 'whole' as const } };
    const search = methodByName('darts').start(
      (await searchProblem(engine, nasbench201 as Space, task, set)) as Problem,
      darts.options,
    );
    while (await search.step());
    const { alphas } = (await search.save()).arrays;
    search.dispose?.();
    const operations = 5;
    // Rows of a table are padded to multiples of four.
    const row = alphas.length / 6;
    const strongest = Array.from({ length: 6 }, (_, edge) => {
      const powers = Array.from(alphas.slice(edge * row, edge * row + operations), Math.exp);
      return Math.max(...powers) / powers.reduce((sum, power) => sum + power, 0);
    });
    const mean = strongest.reduce((sum, share) => sum + share, 0) / 6;
    expect(mean - 1 / operations).toBeGreaterThan(0.1);
  });
});
