import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { ImageSet } from '../../../src/nas/data/images/imageSet.js';
import { METHOD_NAMES, methodByName } from '../../../src/nas/methods/methods.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { createExecutors } from '../../../src/nas/transfer/executors.js';
import { measureSearchStep, measureTrainingStep } from '../../../src/nas/transfer/stepTime.js';
import type { SearchTask, TrainingTask } from '../../../src/nas/transfer/tasks.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { stripes, tinyCell, tinyProtocol } from '../training/trainingRun.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const soon = { seconds: 0.02 };

const images = (count: number): ImageSet => ({
  name: 'stripes',
  height: 8,
  width: 8,
  channels: 1,
  classes: ['a', 'b', 'c', 'd'],
  train: stripes(count, 1),
  test: stripes(8, 2),
});

const search = (methodName: string, options: object = {}, epochs = 3) => ({
  methodName,
  options: methodByName(methodName).options.parse(options),
  specification: { set: 'stripes', rule: 'whole' as const },
  protocol: { ...tinyProtocol, channels: 16, batch: 4, epochs },
  seed: 0,
});

describe('the time of a step', () => {
  it('of training is reported with the steps of the whole training, and leaks no memory', async () => {
    const before = engine.memoryBytes;
    const cell = nasbench201.parse(tinyCell);
    const time = await measureTrainingStep(engine, nasbench201, tinyProtocol, images(70), cell, soon);
    // 70 images are four whole batches of 16; ten epochs.
    expect(time.steps).toBe(40);
    expect(time.secondsPerStep).toBeGreaterThan(0);
    expect(time.compileSeconds).toBeGreaterThanOrEqual(0);
    expect(engine.memoryBytes).toBe(before);
  });

  it('is found if an epoch has one step, which is reported only by the end of the epoch', async () => {
    const protocol = { ...tinyProtocol, batch: 256, epochs: 7 };
    const cell = nasbench201.parse(tinyCell);
    const start = performance.now();
    const time = await measureTrainingStep(engine, nasbench201, protocol, images(20), cell, { seconds: 0.3 });
    const seconds = (performance.now() - start) / 1000;
    expect(time.steps).toBe(7);
    expect(time.secondsPerStep).toBeGreaterThan(0);
    // Timed between steps, after compilation.
    expect(time.compileSeconds + time.secondsPerStep).toBeLessThan(seconds);
  });

  it.each<[string, object, number]>([
    ['darts', {}, 15],
    ['gdas', {}, 15],
    // Each of its three stages has this number of epochs.
    ['p-darts', {}, 45],
    // Trained on both splits.
    ['snas', { cost: 'none' }, 30],
    ['random-sharing', { candidates: 1000 }, 15],
    // Five candidates, each of fifteen steps.
    ['regularized-evolution', { population: 2, cycles: 5 }, 75],
    ['random', {}, 0],
  ])('of a search by %s %j counts %i steps and leaves no memory taken', async (name, options, steps) => {
    const before = engine.memoryBytes;
    const time = await measureSearchStep(engine, nasbench201, search(name, options), images(40), soon);
    expect(time.steps).toBe(steps);
    if (steps > 0) expect(time.secondsPerStep).toBeGreaterThan(0);
    expect(engine.memoryBytes).toBe(before);
  });

  const onSupernets = METHOD_NAMES.filter((name) => {
    const { needs, options } = methodByName(name);
    return needs(options.parse({})) === 'supernet';
  });

  it.each(onSupernets)('is reported for a search by %s', async (name) => {
    const { secondsPerStep, steps } = await measureSearchStep(engine, nasbench201, search(name), images(40), soon);
    expect(secondsPerStep).toBeGreaterThan(0);
    expect(steps % 15).toBe(0);
  });

  it.each(['pc-darts', 'p-darts'])('of %s includes the updates of the architecture parameters', async (name) => {
    // Before they are updated, the weight update is a separate program.
    const compile = vi.spyOn(engine, 'compile');
    await measureSearchStep(engine, nasbench201, search(name, {}, 50), images(40), soon);
    expect(compile).toHaveBeenCalledTimes(1);
    compile.mockRestore();
  });

  it('may be measured before a job, which ends with the same bits', async () => {
    const executors = createExecutors(engine.gpu, nasbench201, { imageSet: async () => images(40) });
    const protocol = { ...tinyProtocol, epochs: 2 };
    const common = { hash: '', seed: 1, protocol, space: 'nasbench201' };
    const target = { label: 'stripes', set: 'stripes' };
    const training: TrainingTask = { ...common, kind: 'training', architecture: tinyCell, target };
    const searching: SearchTask = {
      ...common,
      kind: 'search',
      method: 'darts',
      source: 'stripes',
      ...search('darts'),
      protocol: { ...protocol, labelSmoothing: 0 },
    };
    for (const [task, run] of [
      [training, () => executors.train(training, () => {})],
      [searching, () => executors.search(searching, () => {})],
    ] as const) {
      const alone = await run();
      const { steps } = await executors.stepTime!(task);
      expect(steps).toBe(task === training ? 4 : 2);
      expect(await run()).toEqual(alone);
    }
  });

  it('is refused as the job itself would be', async () => {
    const cell = nasbench201.parse(tinyCell);
    const none = { ...images(20), test: { count: 0, pixels: new Uint8Array(), labels: new Uint16Array() } };
    await expect(measureTrainingStep(engine, nasbench201, tinyProtocol, none, cell, soon)).rejects.toThrow(
      AttributeError,
    );
  });
});
