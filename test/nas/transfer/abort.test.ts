import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { ImageSet } from '../../../src/nas/data/images/imageSet.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { encodeSpace } from '../../../src/nas/predictors/encodings.js';
import { judgePredictor } from '../../../src/nas/predictors/judge.js';
import { predictorByName } from '../../../src/nas/predictors/predictors.js';
import { evaluateScores } from '../../../src/nas/scores/evaluate.js';
import type { ScoreContext } from '../../../src/nas/scores/score.js';
import { scoreByName } from '../../../src/nas/scores/scores.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { tableProblem } from '../../../src/nas/tables/problem.js';
import { searchTable } from '../../../src/nas/tables/tableSearch.js';
import { createExecutors } from '../../../src/nas/transfer/executors.js';
import { planStudy } from '../../../src/nas/transfer/plan.js';
import { runStudy } from '../../../src/nas/transfer/study.js';
import type { SearchTask, TrainingTask } from '../../../src/nas/transfer/tasks.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { space as predicted } from '../predictors/support.js';
import { labels, images as scored, settings, waveSpace } from '../scores/golden/formulas.js';
import { smallRows, tableOf } from '../tables/smallTable.js';
import { stripes, tinyCell, tinyProtocol } from '../training/trainingRun.js';
import { fakeContext, fakeExecutors, fakeProvenance, fakeStudy, MemoryStore, withoutTimes } from './fakes.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const images: ImageSet = {
  name: 'stripes',
  height: 8,
  width: 8,
  channels: 1,
  classes: ['a', 'b', 'c', 'd'],
  train: stripes(40, 0),
  test: stripes(20, 1),
};

const common = { hash: '', seed: 1, space: 'nasbench201' };
const training: TrainingTask = {
  ...common,
  kind: 'training',
  protocol: { ...tinyProtocol, epochs: 50 },
  architecture: tinyCell,
  target: { label: 'stripes', set: 'stripes' },
};

function search(methodName: string, options: object): SearchTask {
  return {
    ...common,
    kind: 'search',
    method: methodName,
    methodName,
    options: methodByName(methodName).options.parse(options),
    source: 'stripes',
    specification: { set: 'stripes', rule: 'whole' },
    protocol: { ...tinyProtocol, epochs: 50, labelSmoothing: 0 },
  };
}

const stop = new Error('the user left the page');

/** An abort after so many events, and how many came in all. */
function abortAfter(wanted: number) {
  const controller = new AbortController();
  let events = 0;
  return {
    signal: controller.signal,
    events: () => events,
    report: () => {
      events++;
      if (events === wanted) controller.abort(stop);
    },
  };
}

describe('an aborted job ends between two steps with the signal’s reason, and frees the device', () => {
  const executors = () => createExecutors(engine.gpu, nasbench201, { imageSet: async () => images, engine });

  it.each<[string, (abort: ReturnType<typeof abortAfter>) => Promise<unknown>]>([
    ['training', ({ report, signal }) => executors().train(training, report, signal)],
    ['a search on a supernet', ({ report, signal }) => executors().search(search('darts', {}), report, signal)],
    [
      'a search with shared weights',
      ({ report, signal }) => executors().search(search('random-sharing', {}), report, signal),
    ],
    [
      'a search that trains candidates',
      ({ report, signal }) => {
        const task = search('regularized-evolution', { population: 2, cycles: 9 });
        return executors().search({ ...task, protocol: { ...task.protocol, epochs: 1 } }, report, signal);
      },
    ],
  ])('%s', async (_, run) => {
    const before = engine.memoryBytes;
    const abort = abortAfter(2);
    await expect(run(abort)).rejects.toBe(stop);
    expect(abort.events()).toBeLessThanOrEqual(3);
    expect(engine.memoryBytes).toBe(before);
    // The engine works on.
    const { accuracy } = await executors().train({ ...training, protocol: tinyProtocol }, () => {});
    expect(accuracy).toBeGreaterThan(0);
  });

  it('neither starts nor is timed if the signal has already aborted', async () => {
    const signal = AbortSignal.abort(stop);
    const refuse = () => {
      throw new Error('nothing was expected to be reported');
    };
    await expect(executors().train(training, refuse, signal)).rejects.toBe(stop);
    await expect(executors().search(search('darts', {}), refuse, signal)).rejects.toBe(stop);
    await expect(executors().stepTime!(training, signal)).rejects.toBe(stop);
  });
});

describe('an aborted study', () => {
  it('keeps its finished jobs, and ends with the same results when it is run again', async () => {
    const plan = await planStudy(fakeStudy, fakeContext);
    const store = new MemoryStore();
    const run = { provenance: fakeProvenance, store };
    const controller = new AbortController();
    let done = 0;
    const stopping = fakeExecutors(() => {
      if (++done === 5) controller.abort(stop);
    });
    await expect(runStudy(plan, { ...run, ...stopping, signal: controller.signal })).rejects.toBe(stop);
    expect(store.records.size).toBe(5);
    const resumed = await runStudy(plan, { ...run, ...fakeExecutors() });
    const whole = await runStudy(plan, { ...run, store: new MemoryStore(), ...fakeExecutors() });
    expect(withoutTimes(resumed)).toEqual(withoutTimes(whole));
  });
});

describe('an aborted call without a device of its own', () => {
  it('is a search on a table', async () => {
    const table = tableOf(smallRows);
    const problem = tableProblem(table, { set: 'digits', seed: 'mean', searchSeed: 0 });
    let evaluations = 0;
    const controller = new AbortController();
    const counted = {
      ...problem,
      evaluate: async () => {
        if (++evaluations === 3) controller.abort(stop);
        return { accuracy: 0.5, seconds: 1 };
      },
    };
    const method = methodByName('regularized-evolution');
    const options = method.options.parse({ population: 2, cycles: 50 });
    const task = { method: { label: 'evolution', options }, set: 'digits', seed: 0, signal: controller.signal };
    await expect(searchTable(table, counted, method, task)).rejects.toBe(stop);
    expect(evaluations).toBe(3);
  });

  it('is a judgement of predictors, between seeds and within the fit of a network', async () => {
    const judged = (name: string, options: object) => {
      const predictor = predictorByName(name);
      return { label: name, predictor, options: predictor.options.parse(options), encoding: predictor.encoding };
    };
    const judging = (name: string, signal: AbortSignal, report?: (done: number) => void) => {
      const features = encodeSpace(predicted, predictorByName(name).encoding);
      const accuracies = Float64Array.from({ length: features.rows }, (_, row) => row % 7);
      return {
        space: predicted,
        features,
        accuracies,
        fit: 20,
        seeds: [0, 1, 2],
        engine: async () => engine,
        signal,
        report,
      };
    };
    const seeds = new AbortController();
    let finished = 0;
    const afterOne = judging('knn', seeds.signal, (done) => {
      finished = done;
      seeds.abort(stop);
    });
    await expect(judgePredictor(judged('knn', {}), afterOne)).rejects.toBe(stop);
    expect(finished).toBe(1);
    const before = engine.memoryBytes;
    const fit = new AbortController();
    const idle = engine.idle.bind(engine);
    let waits = 0;
    engine.idle = () => {
      if (++waits === 2) fit.abort(stop);
      return idle();
    };
    try {
      await expect(judgePredictor(judged('mlp', { epochs: 400 }), judging('mlp', fit.signal))).rejects.toBe(stop);
    } finally {
      engine.idle = idle;
    }
    expect(waits).toBe(2);
    expect(engine.memoryBytes).toBe(before);
  });

  it('is an evaluation of scores', async () => {
    const controller = new AbortController();
    const context: ScoreContext = {
      ...{ engine, space: waveSpace, settings, images: scored, labels, batch: labels.length, seed: 0 },
      signal: controller.signal,
    };
    const before = engine.memoryBytes;
    const first = scoreByName('grad-norm');
    const stopping = {
      ...first,
      evaluate: async (...args: Parameters<typeof first.evaluate>) => {
        const value = await first.evaluate(...args);
        controller.abort(stop);
        return value;
      },
    };
    const architecture = waveSpace.parse(tinyCell);
    await expect(evaluateScores([stopping, scoreByName('naswot')], context, architecture)).rejects.toBe(stop);
    await expect(scoreByName('naswot').evaluate(context, architecture)).rejects.toBe(stop);
    expect(engine.memoryBytes).toBe(before);
  });
});
