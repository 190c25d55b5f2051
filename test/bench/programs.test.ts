import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Contender } from '../../bench/contenders/process.js';
import { timeOperations, timeRuns } from '../../bench/harness/timing.js';
import { prepareOperation } from '../../bench/kernels/program.js';
import { alternativesOf } from '../../bench/kernels/variants.js';
import { KERNEL_LIST, MORE_KERNELS, type OperationWorkload } from '../../bench/kernels/workloads.js';
import { disagreement } from '../../bench/peers/check.js';
import { prepareScale } from '../../bench/scale/program.js';
import { prepareStep } from '../../bench/steps/program.js';
import { STEPS, type StepWorkload } from '../../bench/steps/workloads.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** The named workload on fewer and smaller images. */
function small(name: string): OperationWorkload {
  const workload = [...KERNEL_LIST, ...MORE_KERNELS].find((each) => each.name === name) as OperationWorkload;
  return { ...workload, input: [2, 8, 8, workload.input[3]] };
}

async function results(on: Engine, workload: OperationWorkload) {
  const { program, outputs, dispose } = await prepareOperation(on, workload);
  program.run();
  const read = await Promise.all(outputs.map((output) => program.read(output)));
  dispose();
  return { outputs, read };
}

describe('the program of an operation workload', () => {
  it('computes its layers in order, and the gradients of input and parameters in order', async () => {
    const { outputs, read } = await results(engine, small('sepconv3x3_n64_c36_32/forward+backward'));
    const parameters = [1, 2, 5, 6].map((layer) => `d${layer}/weight`);
    expect(outputs.slice(0, 2)).toEqual(['y', 'dx']);
    expect(outputs.filter((name) => name.endsWith('weight'))).toEqual(parameters);
    expect(outputs.length).toBe(2 + parameters.length + 4);
    expect(read.map(({ length }) => length)).toEqual([4608, 4608, 324, 1296, 36, 36, 324, 1296, 36, 36]);
    expect(read.every((values) => values.every(Number.isFinite))).toBe(true);
  });

  it('gives the same with every variant of its kernels', async () => {
    const workload = small('conv3x3_n64_c16_32/forward+backward');
    const expected = await results(engine, workload);
    const known = new Set<string>();
    const alternatives = await alternativesOf(engine, workload, known);
    expect(alternatives.length).toBeGreaterThan(1);
    for (const { name, target } of alternatives) {
      const other = new Engine(engine.gpu, { target });
      expect(disagreement((await results(other, workload)).read, expected.read), name).toBeUndefined();
      other.dispose();
    }
    expect(await alternativesOf(engine, workload, known)).toEqual([]);
  });

  it('is timed at least the requested number of times, by wall time and by operation', async () => {
    const prepared = await prepareOperation(engine, small('conv1x1_n64_c64_16/forward+backward'));
    const times = await timeRuns(engine, prepared, 5);
    expect(times.length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...times)).toBeGreaterThan(0);
    const operations = await timeOperations(engine, prepared, 2);
    const names = operations?.map(({ operation }) => operation);
    if (engine.gpu.timestamps) {
      expect(names).toEqual(['conv2d', 'conv2dInputGradient', 'conv2dWeightGradient']);
      expect(operations?.map(({ multiplyAdds }) => multiplyAdds)).toEqual(Array(3).fill(2 * 64 * 64 * 64));
    } else expect(names).toBeUndefined();
    prepared.dispose();
  });
});

describe('the program of a training step', () => {
  const tiny = { batch: 4, size: 8, channels: 4 };
  it.each([
    { ...step('resnet20_b64'), ...tiny, cells: 1 },
    { ...step('nb201_supernet_c8n1_16_b32/bilevel'), ...tiny },
    { ...step('darts_c8_l4_b16/together'), ...tiny, cells: 3 },
  ])('learns its batch by heart, and gives back all memory: $name', async (workload) => {
    const before = engine.memoryBytes;
    const { program, feeds, dispose } = await prepareStep(engine, workload);
    const losses: number[] = [];
    for (let run = 0; run < 8; run++) {
      program.run(feeds(run));
      losses.push((await program.read('loss'))[0]);
    }
    expect(Math.min(...losses.slice(4))).toBeLessThan(losses[0]);
    dispose();
    expect(engine.memoryBytes).toBe(before);
  });

  it('of `together` updates architecture parameters and weights by gradients of the same numbers', async () => {
    const workload = { ...step('darts_c8_l4_b16/together'), ...tiny, cells: 3 };
    const prepared = await prepareStep(engine, workload);
    const before = await prepared.tensors();
    prepared.program.run(prepared.feeds(0));
    const after = await prepared.tensors();
    for (const name of ['alphas/normal', 'alphas/reduction', 'weights/stem/conv/weight'])
      expect(after[name].data, name).not.toEqual(before[name].data);
    expect(after['batches/0/x'].data).toEqual(before['batches/0/x'].data);
    prepared.dispose();
  });
});

describe('the program of a scale workload', () => {
  it('has one more dispatch for each further cell and candidate, and learns', async () => {
    const base = { batch: 2, channels: 4, cells: 1, size: 8, candidates: 2 };
    const { program, feeds, dispose } = await prepareScale(engine, base);
    const larger = await prepareScale(engine, { ...base, cells: 2, candidates: 3 });
    expect(larger.program.dispatchCount).toBeGreaterThan(program.dispatchCount);
    expect(larger.program.cost.multiplyAdds).toBeGreaterThan(program.cost.multiplyAdds);
    const losses: number[] = [];
    for (let run = 0; run < 8; run++) {
      program.run(feeds(run));
      losses.push((await program.read('loss'))[0]);
    }
    expect(losses[7]).toBeLessThan(losses[0]);
    larger.dispose();
    dispose();
  });
});

describe('a contender in its own process', () => {
  const workload: OperationWorkload = {
    kind: 'operation',
    name: 'relu',
    layers: [{ type: 'relu' }],
    input: [1, 4, 4, 8],
    backward: false,
  };

  it('compiles and times a workload, and reports its initial values', async () => {
    const contender = new Contender('nastransfer', engine.gpu.info, { limitSeconds: 60 });
    try {
      const { check, tensors, firstMilliseconds } = await contender.prepare(workload, { checks: 1, wantTensors: true });
      expect([...check[0]]).toEqual([...(tensors?.x.data ?? [])].map((value) => Math.max(value, 0)));
      expect(firstMilliseconds).toBeGreaterThan(0);
      expect((await contender.time()).length).toBe(1);
      expect(await contender.figures()).toMatchObject({ dispatches: 1, pipelines: 1 });
      await contender.dispose();
    } finally {
      contender.close();
    }
  });

  it('is stopped after its time limit', async () => {
    const contender = new Contender('nastransfer', engine.gpu.info, { limitSeconds: 0.001 });
    await expect(contender.prepare(workload, { checks: 1 })).rejects.toThrow('no result in 0.001 s');
  });
});

function step(name: string): StepWorkload {
  return STEPS.find((workload) => workload.name === name) as StepWorkload;
}
