// Long: methods with shared weights search both spaces, find the planted optimum of a toy space, and learn from the weights
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { enas } from '../../../../src/nas/methods/sharedWeights/enas/enas.js';
import { nao } from '../../../../src/nas/methods/sharedWeights/nao/nao.js';
import { randomSharing } from '../../../../src/nas/methods/sharedWeights/randomSharing.js';
import type { Method, Search } from '../../../../src/nas/search/method.js';
import type { Problem } from '../../../../src/nas/search/problem.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { finish, searchTiny } from '../relaxed/supernetMethods.js';
import { searchToy, toyProblem } from '../toySpace.js';
import { sharedWeightsMethods } from './sharedWeightsMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** A signal so low that only the full signal distinguishes every image. */
const FAINT = 0.35;

describe.each(sharedWeightsMethods)('$method.name', ({ method, toy, small, seeds = 8 }) => {
  // One of 64 at random: three of eight, or two of four, would be found once in 4,000 times, or in 700.
  it('finds the optimum of toy problems far more often than random sampling does', async () => {
    let found = 0;
    for (let seed = 0; seed < seeds; seed++)
      found += Number((await searchToy(engine, method, toy, seed, { epochs: 4 }, FAINT)).isBest);
    expect(found).toBeGreaterThanOrEqual(seeds === 8 ? 3 : 2);
  });

  it.each(['nasbench201', 'darts'])('searches %s', async (name) => {
    const { result } = await searchTiny(engine, method, name, small);
    expect(result.epochs).toHaveLength(2);
    expect(result.epochs.every(({ trainLoss }) => Number.isFinite(trainLoss))).toBe(true);
    const best = Math.max(...result.evaluations.map(({ fitness }) => fitness));
    expect(result.evaluations.find(({ architecture }) => architecture === result.architecture)?.fitness).toBe(best);
    const space = spaceByName(name);
    expect(space.format(space.parse(result.architecture))).toBe(result.architecture);
  });
});

it('computes the same bits with checkpoints, random search with shared weights on NAS-Bench-201', async () => {
  const run = (checkpoint: boolean) =>
    searchTiny(engine, randomSharing, 'nasbench201', { candidates: 3, finalists: 1, checkpoint });
  const [kept, again] = [await run(false), await run(true)];
  expect(again.result).toEqual(kept.result);
  expect(again.state.arrays.weights).toEqual(kept.state.arrays.weights);
});

describe('training with shared weights', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
  const start = (method: Method, options: object, seed: number, epochs = 4) => {
    const { problem, value } = toyProblem(engine, seed, { epochs });
    return {
      search: method.start(problem as Problem, method.options.parse({ ...toyOf(method), ...options })),
      value,
      problem,
    };
  };
  const toyOf = (method: Method) => sharedWeightsMethods.find((each) => each.method === method)!.toy;

  it('makes the controller of ENAS sample better architectures than an untrained one', async () => {
    const drawn = async (controllerSteps: number) => {
      const means: number[] = [];
      for (let seed = 0; seed < 3; seed++) {
        const { search, value } = start(enas, { controllerSteps, samples: 40 }, seed);
        const { result } = await finish(search);
        means.push(mean(result.evaluations.map(({ architecture }) => value(architecture))));
      }
      return mean(means);
    };
    const [untrained, trained] = [await drawn(0), await drawn(15)];
    expect(trained).toBeGreaterThan(untrained + 0.2);
  });

  it('makes NAO replace the worst of its pool by others that are better on average', async () => {
    const poolOf = async (search: Search) => ((await search.save()).values.own as { pool: number[][] }).pool;
    for (const seed of [1, 3]) {
      const first = start(nao, {}, seed, 1);
      await first.search.step();
      // After the last epoch nothing is replaced: this is the pool as sampled.
      const before = await poolOf(first.search);
      first.search.dispose?.();
      const { search, problem, value } = start(nao, {}, seed);
      await search.step();
      const after = await poolOf(search);
      search.dispose?.();
      expect([new Set(before.map(String)).size, new Set(after.map(String)).size]).toEqual([16, 16]);
      const texts = new Set(before.map(String));
      const found = after.filter((each) => !texts.has(String(each)));
      expect(found.length >= 1 && found.length <= 6).toBe(true);
      expect(after.slice(16 - found.length)).toEqual(found);
      const valueOfPool = (pool: readonly number[][]) =>
        mean(pool.map((each) => value(problem.space.format(problem.space.fromDecisions(each)))));
      expect(valueOfPool(after)).toBeGreaterThan(valueOfPool(before) + 0.1);
    }
  });
});
