import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LADDER } from '../../../runner/quickstart/sizes.js';
import { quickstartStudy } from '../../../runner/quickstart/studyFile.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { searchToy } from '../../nas/methods/toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const SEEDS = 6;

/** A planted choice: on each of three edges one of four operations lets through most of what tells the classes. */
async function found(options: object, seeds = SEEDS): Promise<number> {
  const { protocols } = parseStudy(quickstartStudy(LADDER[0]));
  const { optimizer, schedule, batch } = protocols.search;
  // 128 images a half: twice the epochs give as many steps as the smallest study has.
  const parts = { optimizer, schedule, batch, epochs: 2 * protocols.search.epochs };
  let right = 0;
  for (let seed = 0; seed < seeds; seed++)
    right += Number((await searchToy(engine, methodByName('darts'), options, seed, parts)).isBest);
  return right;
}

describe('DARTS by the settings of the smallest quickstart', () => {
  it('finds the planted operation of every edge, of 64 architectures, with most seeds', async () => {
    const { methods } = parseStudy(quickstartStudy(LADDER[0]));
    const darts = methods.find((method) => method.name === 'darts')!;
    // By chance one seed in 64; with five of six that has a probability below one in 10^8.
    expect(await found(darts.options as object)).toBeGreaterThanOrEqual(5);
  });
});
