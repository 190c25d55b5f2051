import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import type { ImageSet } from '../../../src/nas/data/images/imageSet.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { createExecutors } from '../../../src/nas/transfer/executors.js';
import { memoryRemedies, predictMemory } from '../../../src/nas/transfer/memoryPrediction.js';
import { searchProblem } from '../../../src/nas/transfer/searchProblem.js';
import type { SearchTask } from '../../../src/nas/transfer/tasks.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { stripes, tinyProtocol } from '../training/trainingRun.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const set: ImageSet = {
  name: 'stripes',
  description: 'stripes',
  license: 'none',
  source: 'made here',
  classes: ['rows', 'columns', 'wide rows', 'wide columns'],
  height: 8,
  width: 8,
  channels: 1,
  train: stripes(80, 1),
  test: stripes(8, 2),
} as ImageSet;
const options = { imageSet: async () => set };

function taskOf(methodName: string, given: object = {}, protocol: object = {}): SearchTask {
  return {
    kind: 'search',
    hash: 'none',
    method: methodName,
    methodName,
    options: methodByName(methodName).options.parse(given),
    source: 'stripes',
    specification: { set: 'stripes', rule: 'whole' },
    seed: 1,
    protocol: { ...tinyProtocol, epochs: 2, ...protocol },
  } as SearchTask;
}

/** Bytes that an engine has allocated in a search after a number of steps. */
async function heldAfter(space: string, task: SearchTask, steps: number): Promise<number> {
  const own = new Engine(engine.gpu);
  const search = methodByName(task.methodName).start(
    await searchProblem(own, spaceByName(space), task, set),
    task.options,
  );
  let most = 0;
  for (let i = 0; i < steps; i++) {
    await search.step();
    most = Math.max(most, own.memoryBytes);
  }
  search.dispose?.();
  own.dispose();
  return most;
}

describe('the memory of a search', () => {
  it.each<[string, string, object, object, number]>([
    ['nasbench201', 'darts', {}, {}, 1],
    ['nasbench201', 'darts', { order: 'second', checkpoint: true }, { channels: 8 }, 1],
    ['darts', 'darts', { hessian: 1 }, { cells: 3 }, 1],
    ['darts', 'pc-darts', { partial: 1, alphaStart: 1 }, { cells: 3 }, 2],
    ['nasbench201', 'random-sharing', {}, {}, 1],
  ])('in %s by %s with %j and %j is predicted within five per cent', async (space, method, given, protocol, steps) => {
    const task = taskOf(method, given, protocol);
    const predicted = await predictMemory(engine.gpu, spaceByName(space), task, options);
    const held = await heldAfter(space, task, steps);
    expect(Math.abs(predicted.total / held - 1)).toBeLessThan(0.05);
    const { weights, optimizer, images, programs, total } = predicted;
    expect(weights + optimizer + images + programs).toBe(total);
    for (const part of [weights, optimizer, images, programs]) expect(part).toBeGreaterThan(0);
    expect(predicted.fits).toBe(true);
  });

  it('is predicted without allocating on the device', async () => {
    const before = engine.memoryBytes;
    let buffers = 0;
    const { createBuffer } = engine.gpu.device;
    engine.gpu.device.createBuffer = ((descriptor) => {
      buffers++;
      return createBuffer.call(engine.gpu.device, descriptor);
    }) as typeof createBuffer;
    try {
      await predictMemory(engine.gpu, spaceByName('nasbench201'), taskOf('darts'), options);
    } finally {
      engine.gpu.device.createBuffer = createBuffer;
    }
    expect(buffers).toBe(0);
    expect(engine.memoryBytes).toBe(before);
  });

  it('is reduced by each suggestion, by as much as predicted', async () => {
    const task = taskOf('darts', {}, { cells: 3, channels: 16 });
    const space = spaceByName('darts');
    const { total } = await predictMemory(engine.gpu, space, task, options);
    const remedies = await memoryRemedies(engine.gpu, space, task, options);
    expect(remedies.map(({ change }) => change)).toEqual(
      expect.arrayContaining(['batches of 8', 'option checkpoint=true']),
    );
    for (const { prediction } of remedies) expect(prediction.total).toBeLessThan(total);
    const half = remedies.find(({ change }) => change === 'batches of 8')?.prediction.total;
    const again = await predictMemory(
      engine.gpu,
      space,
      taskOf('darts', {}, { cells: 3, channels: 16, batch: 8 }),
      options,
    );
    expect(half).toBe(again.total);
  });

  it('above the limit ends the search before it starts, with suggestions that make it fit', async () => {
    const task = taskOf('darts', {}, { cells: 3, channels: 16 });
    const space = spaceByName('darts');
    const { total } = await predictMemory(engine.gpu, space, task, options);
    const limited = limitedTo(Math.floor(total * 0.8));
    expect((await predictMemory(limited, space, task, options)).fits).toBe(false);
    const { search } = createExecutors(limited, space, options);
    await expect(search(task, () => {})).rejects.toThrow(
      /the limit is .*The whole search takes [\d.]+ MiB; it would take [\d.]+ MiB with .*checkpoint=true/,
    );
  });
});

function limitedTo(memoryLimit: number): Gpu {
  return new Proxy(engine.gpu, {
    get(gpu, name) {
      if (name === 'memoryLimit') return memoryLimit;
      const value = Reflect.get(gpu, name, gpu);
      return typeof value === 'function' ? value.bind(gpu) : value;
    },
  });
}
