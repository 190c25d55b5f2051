import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { channelStatistics } from '../../../src/nas/data/images/statistics.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { EnasController } from '../../../src/nas/methods/sharedWeights/enas/controller.js';
import { NaoModel } from '../../../src/nas/methods/sharedWeights/nao/model.js';
import type { Problem } from '../../../src/nas/search/problem.js';
import type { ArchUpdate } from '../../../src/nas/training/bilevel/bilevelOptions.js';
import { BilevelTrainer } from '../../../src/nas/training/bilevel/bilevelTrainer.js';
import { softmaxRule } from '../../../src/nas/training/bilevel/relaxedRule.js';
import { allocateSets } from '../../../src/nas/training/loop/ownedMemory.js';
import { ResourceScope } from '../../../src/nas/training/loop/resourceScope.js';
import { Trainer } from '../../../src/nas/training/network/trainer.js';
import { PathTrainer } from '../../../src/nas/training/paths/pathTrainer.js';
import { SharedEvaluator } from '../../../src/nas/training/paths/sharedEvaluator.js';
import { trainNetwork } from '../../../src/nas/transfer/trainNetwork.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { failAtEachCall, isInjected, LiveBuffers } from '../../engine/support/liveBuffers.js';
import { toyProblem } from '../methods/toySpace.js';
import { linearTraining } from './toyClassifier.js';

let open: Engine;
let live: LiveBuffers;
let engine: Engine;
beforeAll(async () => {
  open = await openTestEngine();
});
afterAll(() => closeTestEngine(open));
beforeEach(() => {
  live = new LiveBuffers(open.gpu);
  engine = new Engine(live.gpu);
});

interface Made {
  dispose(): void;
}

/** Makes something with a failure in each call of the device in turn: no buffer may be left, and none after it is disposed of. */
async function expectNothingLeft(make: () => Promise<Made>, fewest: number): Promise<void> {
  let made: Made | undefined;
  const failures = await failAtEachCall(
    live,
    async () => {
      made = await make();
    },
    (error) => {
      expect(isInjected(error), String(error)).toBe(true);
      expect(live.labels).toEqual([]);
      expect(engine.memoryBytes).toBe(0);
    },
  );
  expect(failures).toBeGreaterThan(fewest);
  expect(live.count).toBeGreaterThan(0);
  made?.dispose();
  expect(live.labels).toEqual([]);
  made?.dispose();
  engine.dispose();
}

const archOptimizer = { learningRate: 0.05, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 };

function toy(gated: boolean) {
  const { problem } = toyProblem(engine, 3, { epochs: 1, batch: 64 });
  const { protocol, source, build } = problem.supernet!;
  const { trainSplit, validationSplit } = source;
  const supernet = build({ affine: false, batchNorm: 'batch', gated });
  const { tables } = problem.space.relaxation;
  return { problem, supernet, tables, shape: source, trainSplit, validationSplit, protocol, seed: 3, engine };
}

describe('a failed call of the device leaves no buffer behind in the creation of', () => {
  it('a trainer', () => {
    return expectNothingLeft(async () => {
      const options = linearTraining();
      const trainer = await Trainer.create({ ...options, engine });
      return {
        dispose() {
          trainer.dispose();
          for (const set of [options.network.weights, options.network.runningStatistics]) engine.release(set);
        },
      };
    }, 20);
  });

  it.each(['first-order', 'second-order', 'single-level'] as const)('a bilevel trainer, %s', (kind) => {
    return expectNothingLeft(async () => {
      const { supernet, ...options } = toy(false);
      const archUpdate: ArchUpdate = { kind, rule: softmaxRule(supernet), archOptimizer };
      return BilevelTrainer.create({ ...options, supernet, archUpdate });
    }, 20);
  });

  it.each([undefined, 1])('a trainer of paths, with running statistics from %s batches', (reestimate) => {
    return expectNothingLeft(() => PathTrainer.create({ ...toy(true), reestimate }), 20);
  });

  it('an evaluator with shared weights', async () => {
    await expectNothingLeft(async () => {
      const { validationSplit: images, ...options } = toy(true);
      const { weights } = options.supernet;
      // The weights are the caller's: allocated before, released after.
      return ResourceScope.create(async (scope) => {
        allocateSets(scope, engine, [weights], 1);
        const statistics = channelStatistics(images, 1);
        scope.own(await SharedEvaluator.create({ ...options, images, statistics, batch: 64 }));
        return scope;
      });
    }, 5);
  });

  it('the controller of ENAS', () =>
    expectNothingLeft(() => EnasController.create(engine, toy(true).problem.space, { hidden: 4, batch: 2 }, 1), 20));

  it('the model of NAO', () =>
    expectNothingLeft(
      () => NaoModel.create(engine, toy(true).problem.space, { hidden: 4, embedding: 4, predictor: [4] }, 1),
      3,
    ));
});

describe('a failed call of the device leaves no buffer behind in', () => {
  it.each([
    ['darts', {}],
    ['gdas', {}],
    ['setn', { candidates: 1 }],
    ['balenas', {}],
    ['random-sharing', { candidates: 1, finalists: 0 }],
    ['enas', { controllerSteps: 0, samples: 1, hidden: 4 }],
  ])('a search by %s, once it is disposed of', async (name, options) => {
    const method = methodByName(name);
    const failures = await failAtEachCall(
      live,
      async () => {
        const search = method.start(toy(false).problem as Problem, method.options.parse(options));
        try {
          while (await search.step());
        } finally {
          search.dispose?.();
          search.dispose?.();
        }
      },
      (error) => {
        expect(isInjected(error), String(error)).toBe(true);
        expect(live.labels).toEqual([]);
        expect(engine.memoryBytes).toBe(0);
      },
    );
    expect(failures).toBeGreaterThan(20);
    expect(live.labels).toEqual([]);
    engine.dispose();
  });

  it('the training of a network', async () => {
    const { network, data, protocol, seed } = linearTraining();
    const space = { ...toy(false).problem.space, network: () => network };
    const failures = await failAtEachCall(
      live,
      () => trainNetwork(engine, space as never, [0, 0, 0], data, 4, { ...protocol, epochs: 1 }, seed),
      (error) => {
        expect(isInjected(error), String(error)).toBe(true);
        expect(live.labels).toEqual([]);
      },
    );
    expect(failures).toBeGreaterThan(20);
    expect(live.labels).toEqual([]);
    engine.dispose();
  });
});

describe('a scope of resources', () => {
  it('frees the last first, all of them though some throw, and only once', () => {
    const freed: number[] = [];
    const scope = new ResourceScope();
    scope.defer(() => freed.push(1));
    scope.defer(() => {
      freed.push(2);
      throw new Error('second');
    });
    expect(scope.own({ dispose: () => freed.push(3) }).dispose).toBeTypeOf('function');
    expect(() => scope.dispose()).toThrow('second');
    scope.dispose();
    expect(freed).toEqual([3, 2, 1]);
  });
});
