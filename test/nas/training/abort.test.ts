import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { SearchError } from '../../../src/nas/search/errors.js';
import type { PhaseEvent, SearchEvent } from '../../../src/nas/search/events.js';
import type { Search, SearchState } from '../../../src/nas/search/method.js';
import type { Problem } from '../../../src/nas/search/problem.js';
import { BilevelTrainer } from '../../../src/nas/training/bilevel/bilevelTrainer.js';
import { softmaxRule } from '../../../src/nas/training/bilevel/relaxedRule.js';
import { InterruptedTrainingError } from '../../../src/nas/training/loop/errors.js';
import { Trainer } from '../../../src/nas/training/network/trainer.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { LiveBuffers } from '../../engine/support/liveBuffers.js';
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

const reason = new Error('stopped by the user');

describe('a trainer that is aborted', () => {
  it('before its creation makes nothing, and while it is compiled leaves nothing', async () => {
    const controller = new AbortController();
    const creation = Trainer.create({ ...linearTraining(), engine, signal: controller.signal });
    controller.abort(reason);
    await expect(creation).rejects.toBe(reason);
    expect(live.labels).toEqual([]);
    await expect(Trainer.create({ ...linearTraining(), engine, signal: controller.signal })).rejects.toBe(reason);
    expect(live.labels).toEqual([]);
  });

  it('ends before its next step, and frees all when it is disposed of', async () => {
    const controller = new AbortController();
    const options = linearTraining();
    const trainer = await Trainer.create({ ...options, engine, signal: controller.signal });
    const done: number[] = [];
    const epoch = trainer.epoch((steps) => {
      done.push(steps);
      if (steps === 2) controller.abort(reason);
    });
    await expect(epoch).rejects.toBe(reason);
    expect(done).toEqual([1, 2]);
    await expect(trainer.epoch()).rejects.toBeInstanceOf(InterruptedTrainingError);
    await expect(trainer.evaluate()).rejects.toBe(reason);
    trainer.dispose();
    engine.release(options.network.weights);
    engine.release(options.network.runningStatistics);
    expect(live.labels).toEqual([]);
  });

  it('within an epoch is not saved, and continues from an earlier state to the same bits', async () => {
    const create = (signal?: AbortSignal) => {
      // Eight steps an epoch: the host waits after the fourth.
      const { problem } = toyProblem(engine, 3, { epochs: 3, batch: 16 });
      const { protocol, source, build } = problem.supernet!;
      const supernet = build({ affine: false, batchNorm: 'batch' });
      const archOptimizer = { learningRate: 0.05, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 };
      return BilevelTrainer.create({
        engine,
        supernet,
        archUpdate: { kind: 'first-order', rule: softmaxRule(supernet), archOptimizer },
        shape: source,
        trainSplit: source.trainSplit,
        validationSplit: source.validationSplit,
        protocol,
        seed: 3,
        signal,
      });
    };
    const whole = await create();
    const records = [await whole.epoch(), await whole.epoch()];
    const wanted = await whole.save();
    const controller = new AbortController();
    const stopped = await create(controller.signal);
    expect(await stopped.epoch()).toEqual(records[0]);
    const saved = await stopped.save();
    await expect(stopped.epoch(() => controller.abort(reason))).rejects.toBe(reason);
    await expect(stopped.save()).rejects.toBeInstanceOf(InterruptedTrainingError);
    const resumed = await create();
    // An epoch that fails otherwise than by the signal: the same trainer goes on from the state saved before.
    const failed = resumed.epoch(() => {
      throw reason;
    });
    await expect(failed).rejects.toBe(reason);
    resumed.restore(saved);
    expect(await resumed.epoch()).toEqual(records[1]);
    const got = await resumed.save();
    for (const [name, array] of Object.entries(wanted.arrays))
      expect(new Uint32Array(got.arrays[name].buffer), name).toEqual(new Uint32Array(array.buffer));
    for (const trainer of [whole, stopped, resumed]) trainer.dispose();
    expect(live.labels).toEqual([]);
  });
});

describe.each([
  ['darts', {}],
  ['p-darts', {}],
  ['balenas', {}],
  ['random-sharing', { candidates: 4, finalists: 2 }],
  ['enas', { controllerSteps: 1, aggregate: 1, samples: 2, hidden: 4 }],
  ['regularized-evolution', { population: 3, tournament: 2, cycles: 6 }],
])('a search by %s that is aborted', (name, options) => {
  const start = (parts: Partial<Problem> = {}): Search => {
    const { problem } = toyProblem(engine, 3, { epochs: 3 });
    const method = methodByName(name);
    return method.start({ ...(problem as Problem), ...parts }, method.options.parse(options));
  };

  it('between two steps can be saved, and ends as it would have otherwise', async () => {
    const whole = start();
    while (await whole.step());
    const controller = new AbortController();
    const stopped = start({ signal: controller.signal });
    await stopped.step();
    await stopped.step();
    controller.abort(reason);
    await expect(stopped.step()).rejects.toBe(reason);
    const state: SearchState = structuredClone(await stopped.save());
    stopped.dispose?.();
    const resumed = start();
    await resumed.restore(state);
    while (await resumed.step());
    expect(resumed.result()).toEqual(whole.result());
    whole.dispose?.();
    resumed.dispose?.();
    expect(live.labels).toEqual([]);
  });

  it('within a step ends soon, is not saved and leaves nothing when it is disposed of', async () => {
    const controller = new AbortController();
    const events: SearchEvent[] = [];
    const search = start({
      signal: controller.signal,
      report(event) {
        events.push(event);
        if (event.kind === 'step' || (event.kind === 'phase' && event.phase === 'evaluation')) controller.abort(reason);
      },
      evaluate: async (_, { signal }) => {
        signal?.throwIfAborted();
        return { accuracy: 0.5 };
      },
    });
    await expect(search.step()).rejects.toBe(reason);
    const count = events.length;
    await expect(async () => search.save()).rejects.toBeInstanceOf(SearchError);
    await expect(search.step()).rejects.toBeInstanceOf(SearchError);
    expect(events.length).toBe(count);
    expect(events.some(({ kind }) => kind === 'epoch' || kind === 'evaluation')).toBe(false);
    search.dispose?.();
    expect(live.labels).toEqual([]);
  });

  it('was announced by its events: every phase starts and ends, in order, and epochs and evaluations lie within', async () => {
    const events: SearchEvent[] = [];
    const search = start({ report: (event) => events.push(event) });
    while (await search.step());
    search.dispose?.();
    let current: PhaseEvent | undefined;
    const phases: string[] = [];
    for (const event of events) {
      if (event.kind === 'phase' && event.state === 'start') {
        expect(current).toBeUndefined();
        current = event;
        phases.push(event.phase);
      } else if (event.kind === 'phase') {
        expect(event).toEqual({ ...current, state: 'end' });
        expect(event.index).toBeLessThanOrEqual(event.count);
        current = undefined;
      } else if (event.kind !== 'evaluation') expect(current?.phase).toBe('training');
    }
    expect(current).toBeUndefined();
    const wanted: Record<string, string[]> = {
      darts: ['preparation', 'training'],
      'p-darts': ['preparation', 'training', 'preparation', 'training', 'preparation', 'training'],
      balenas: ['preparation', 'training', 'selection'],
      'random-sharing': ['preparation', 'training', 'selection'],
      enas: ['preparation', 'training', 'selection'],
      'regularized-evolution': Array(6).fill('evaluation'),
    };
    expect(phases).toEqual(wanted[name]);
  });
});
