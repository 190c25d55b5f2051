import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { enas } from '../../../src/nas/methods/enas/enas.js';
import type { Method, Problem, Search } from '../../../src/nas/methods/method.js';
import { nao } from '../../../src/nas/methods/nao/nao.js';
import { randomSharing } from '../../../src/nas/methods/randomSharing.js';
import { spos } from '../../../src/nas/methods/spos.js';
import { spaceByName } from '../../../src/nas/spaces/space.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { finish, searchTiny } from './supernetMethods.js';
import { searchToy, toyProblem } from './toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** `quick`: for runs whose outcome does not matter. */
const methods: { method: Method; toy: object; small: object; seeds?: number; quick?: object }[] = [
  { method: randomSharing, toy: { candidates: 40, finalists: 6 }, small: { candidates: 4, finalists: 2 } },
  {
    method: spos,
    toy: { population: 8, generations: 3, parents: 3, mutations: 4, crossovers: 2, reestimate: 0 },
    small: { population: 4, generations: 2, parents: 2, mutations: 2, crossovers: 1, reestimate: 2, bins: 2 },
  },
  {
    method: enas,
    toy: { controllerSteps: 15, aggregate: 4, samples: 12, hidden: 16, learningRate: 0.02 },
    small: { controllerSteps: 2, aggregate: 3, samples: 4, hidden: 8 },
  },
  {
    method: nao,
    toy: {
      pool: 16,
      every: 1,
      replaced: 6,
      parents: 6,
      finalists: 4,
      modelEpochs: 100,
      modelLearningRate: 0.01,
      hidden: 16,
      embedding: 8,
    },
    seeds: 4,
    quick: { modelEpochs: 5 },
    small: { pool: 6, every: 1, replaced: 3, parents: 3, finalists: 2, modelEpochs: 3, hidden: 8, embedding: 8 },
  },
];

/** A signal of which no less than all tells every image apart. */
const FAINT = 0.35;

describe.each(methods)('$method.name', ({ method, toy, small, seeds = 8, quick = {} }) => {
  const startToy = (seed: number, parts: object = {}) => {
    const { problem } = toyProblem(engine, seed, { epochs: 2, ...parts });
    return method.start(problem as Problem, method.options.parse({ ...toy, ...quick }));
  };

  // One of 64 at random: three of eight, or two of four, would be met once in 4,000 times, or in 700.
  it('finds the best of toy problems far more often than a random architecture is it', async () => {
    let found = 0;
    for (let seed = 0; seed < seeds; seed++)
      found += Number((await searchToy(engine, method, toy, seed, { epochs: 4 }, FAINT)).isBest);
    expect(found).toBeGreaterThanOrEqual(seeds === 8 ? 3 : 2);
  });

  it('ends with the same bits when it is stopped after any step, saved and taken up again', async () => {
    const whole = await finish(startToy(1));
    for (let stop = 1; ; stop++) {
      const first = startToy(1);
      let more = true;
      for (let i = 0; i < stop && more; i++) more = await first.step();
      const saved = await first.save();
      first.dispose?.();
      if (!more) break;
      const second = startToy(1);
      await second.restore({ ...saved, values: JSON.parse(JSON.stringify(saved.values)) });
      const resumed = await finish(second);
      expect(resumed.result).toEqual(whole.result);
      for (const [name, array] of Object.entries(whole.state.arrays))
        expect(new Uint32Array(resumed.state.arrays[name].buffer), name).toEqual(new Uint32Array(array.buffer));
    }
  });

  it('compares architectures at the end only, and refuses a result before', async () => {
    const search = startToy(2);
    await search.step();
    expect(search.progress()).toEqual({ done: 1, total: 2, unit: 'epoch' });
    expect(() => search.result()).toThrow(`${method.name}: result() before the last step()`);
    search.dispose?.();
    await expect(startToy(2).restore({ method: 'random', values: {}, arrays: {} })).rejects.toThrow(
      'state of "random"',
    );
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

describe('what shared weights teach', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
  const start = (method: Method, options: object, seed: number, epochs = 4) => {
    const { problem, value } = toyProblem(engine, seed, { epochs });
    return {
      search: method.start(problem as Problem, method.options.parse({ ...toyOf(method), ...options })),
      value,
      problem,
    };
  };
  const toyOf = (method: Method) => methods.find((each) => each.method === method)!.toy;

  it('makes the controller of ENAS draw better architectures than an untrained one', async () => {
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

  it('makes NAO replace the worst of its pool by others, which are better on average', async () => {
    const poolOf = async (search: Search) => ((await search.save()).values.own as { pool: number[][] }).pool;
    for (const seed of [1, 3]) {
      const first = start(nao, {}, seed, 1);
      await first.search.step();
      // After the last epoch nothing is replaced: this is the pool as it was drawn.
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
