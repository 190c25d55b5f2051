import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { Graph } from '../../../src/engine/graph/graph.js';
import { Timeline } from '../../../src/engine/graph/timeline.js';
import { VariableSet } from '../../../src/engine/graph/variables.js';
import { Conv2d } from '../../../src/engine/nn/conv2d.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { mean } from '../../../src/engine/ops/reduce/reduce.js';
import { constant } from '../../../src/engine/optim/schedules.js';
import { Sgd } from '../../../src/engine/optim/sgd.js';
import type { Profile } from '../../../src/engine/profile/profile.js';
import { areCoarse } from '../../../src/engine/profile/profileTimestamps.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import type { Program } from '../../../src/engine/runtime/program.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { LiveBuffers } from '../support/liveBuffers.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

interface Step {
  readonly program: Program;
  readonly weights: VariableSet;
  readonly feeds: Record<string, number | ArrayLike<number>>;
  dispose(): void;
}

const SHAPE = [2, 8, 8, 8];
const x = Float32Array.from({ length: 2 * 8 * 8 * 8 }, (_, i) => Math.sin(i));

/** A training step of two convolutions, the second with stride 2: its input gradient may take several dispatches. */
async function trainingStep(on: Engine): Promise<Step> {
  const weights = new VariableSet('weights');
  const layers = [1, 2].map(
    (stride) => new Conv2d(weights, `conv ${stride}`, { inputs: 8, outputs: 8, kernel: 3, padding: 1, stride }),
  );
  on.allocate(weights, 1);
  const learningRate = constant({ initial: 0.1, steps: 10 });
  const optimizer = new Sgd(weights, { learningRate, momentum: 0.9, nesterov: false, weightDecay: 0, clipNorm: 0 });
  optimizer.allocate(on);
  const program = await on.compile((graph) => {
    const hidden = layers.reduce((value, layer) => relu(layer.forward(value)), graph.feed('x', SHAPE));
    optimizer.apply(mean(hidden));
  });
  const feeds = { x, ...optimizer.feeds(0) };
  return { program, weights, feeds, dispose: () => [program.dispose(), optimizer.release(on), on.release(weights)] };
}

function needsTimestamps(context: { skip(why: string): void }): void {
  if (engine.gpu.timestamps) return;
  const why = `${engine.gpu.info.name} has no timestamps: set NASTRANSFER_ADAPTER to one that has, such as lavapipe`;
  console.warn(`skipped: ${why}`);
  context.skip(why);
}

const clocks = ['timestamps', 'batches'] as const;
/** Short batches: the times themselves are not checked. */
const batches = { leastMilliseconds: 0.05, rounds: 1, most: 64 };

describe('a profile', () => {
  it.for(clocks)('by %s has every dispatch in order, with its grid and cost', async (clock, context) => {
    if (clock === 'timestamps') needsTimestamps(context);
    const { program, feeds, dispose } = await trainingStep(engine);
    const profile = await program.profile(feeds, { clock, batches });
    expect(profile.clock).toBe(clock);
    const described = program.describe().dispatches;
    expect(profile.kernels).toHaveLength(program.dispatchCount);
    profile.kernels.forEach((time, index) => {
      const { operation, kernel, grid, multiplyAdds, bytes } = described[index];
      expect(time).toMatchObject({ label: `${operation}: ${kernel}`, operation, kernel, grid, multiplyAdds, bytes });
      expect(time.nanoseconds).toBeGreaterThanOrEqual(0);
      if (index > 0) expect(time.startNanoseconds).toBeGreaterThanOrEqual(profile.kernels[index - 1].startNanoseconds);
    });
    dispose();
  });

  it.for(clocks)('by %s updates variables as one run does, to the bit', async (clock, context) => {
    if (clock === 'timestamps') needsTimestamps(context);
    const [run, profiled] = [await trainingStep(engine), await trainingStep(engine)];
    const before = await engine.readSet(run.weights);
    run.program.run(run.feeds);
    await profiled.program.profile(profiled.feeds, { clock, batches });
    const after = await engine.readSet(run.weights);
    expect(after).not.toEqual(before);
    expect(await engine.readSet(profiled.weights)).toEqual(after);
    for (const step of [run, profiled]) step.dispose();
  });

  it('uses batches where the device has no timestamps, and refuses timestamps', async () => {
    const without = new Engine(new Proxy(engine.gpu, { get: withoutTimestamps }));
    const { program, feeds, dispose } = await trainingStep(without);
    expect((await program.profile(feeds, { batches })).clock).toBe('batches');
    await expect(program.profile(feeds, { clock: 'timestamps' })).rejects.toThrow(
      /timestamp-query.*use clock 'batches'/,
    );
    dispose();
    without.dispose();
  });

  it.for(clocks)('by %s runs nothing when its signal is already aborted', async (clock, context) => {
    if (clock === 'timestamps') needsTimestamps(context);
    const { program, weights, feeds, dispose } = await trainingStep(engine);
    const before = await engine.readSet(weights);
    const signal = AbortSignal.abort(new RangeError('enough'));
    await expect(program.profile(feeds, { clock, batches, signal })).rejects.toThrow('enough');
    expect(await engine.readSet(weights)).toEqual(before);
    dispose();
  });

  it('by batches ends between two dispatches when its signal is aborted, and frees its memory', async () => {
    const live = new LiveBuffers(engine.gpu);
    const watched = new Engine(live.gpu);
    const { program, feeds, dispose } = await trainingStep(watched);
    const buffers = live.count;
    const controller = new AbortController();
    let times = 0;
    const now = () => {
      if (++times === 40) controller.abort(new RangeError('enough'));
      return times;
    };
    const timing = { now, leastMilliseconds: 1, rounds: 1, most: 2 };
    const profile = program.profile(feeds, { clock: 'batches', batches: timing, signal: controller.signal });
    await expect(profile).rejects.toThrow('enough');
    expect(live.count).toBe(buffers);
    // The dispatch at hand is finished, which takes a few more readings of the clock, and no other is begun.
    expect(times).toBeLessThan(80);
    dispose();
    watched.dispose();
    expect(live.labels).toEqual([]);
  });

  it('by timestamps is not rounded to steps of 0.1 ms, the default of Dawn', async (context) => {
    needsTimestamps(context);
    const { program, feeds, dispose } = await trainingStep(engine);
    const profiles: Profile[] = [];
    for (let i = 0; i < 5; i++) profiles.push(await program.profile(feeds, { clock: 'timestamps' }));
    const times = profiles.flatMap(({ kernels }) => kernels.map(({ nanoseconds }) => nanoseconds));
    expect(times.length).toBeGreaterThan(40);
    // Dawn masks the low 16 bits, steps of 65,536 ns; other implementations round to 100,000 ns. Either way few values are left.
    for (const step of [65_536, 100_000]) {
      const onSteps = times.filter((time) => time % step === 0).length;
      expect(onSteps).toBeLessThan(times.length / 2);
    }
    dispose();
  });
});

describe('timestamps', () => {
  it('are coarse if and only if all lie on the steps to which browsers round', () => {
    expect(areCoarse([65_536n, 131_072n, 0n])).toBe(true);
    expect(areCoarse([100_000n, 300_000n])).toBe(true);
    expect(areCoarse([65_536n, 131_073n])).toBe(false);
    // Some on one step and some on the other: all on neither.
    expect(areCoarse([65_536n, 100_000n])).toBe(false);
  });

  it('of a device opened in Node are fine, so that profiles take them', async (context) => {
    needsTimestamps(context);
    const { program, feeds, dispose } = await trainingStep(engine);
    expect((await program.profile(feeds)).clock).toBe('timestamps');
    dispose();
  });
});

/** The device without the feature. */
function withoutTimestamps(gpu: Gpu, name: string | symbol): unknown {
  if (name === 'timestamps') return false;
  const value = Reflect.get(gpu, name, gpu);
  return typeof value === 'function' ? value.bind(gpu) : value;
}

describe('the cost of dispatches', () => {
  it('adds up to the multiply-adds of the program, and moves at least its bytes', async () => {
    const { program, dispose } = await trainingStep(engine);
    const { multiplyAdds, bytes, dispatches } = program.describe();
    // Forward, weight gradient and (second layer) input gradient: 2 images, 9 x 8 x 8 a pixel, 64 pixels and 16.
    const [first, second] = [2 * 64 * 576, 2 * 16 * 576];
    expect(program.cost.multiplyAdds).toBe(2 * first + 3 * second);
    expect(multiplyAdds).toBeCloseTo(program.cost.multiplyAdds, 6);
    expect(bytes).toBeGreaterThanOrEqual(program.cost.bytes);
    const sums = dispatches.filter(({ kernel }) => kernel.startsWith('reduce/'));
    expect(sums.every((dispatch) => dispatch.multiplyAdds === 0)).toBe(true);
    dispose();
  });
});

describe('the timeline of an engine', () => {
  it('has the phases of compiling and running, differentiation within tracing', async () => {
    const timeline = new Timeline();
    const timed = new Engine(engine.gpu, { timeline });
    const { program, feeds, dispose } = await trainingStep(timed);
    program.run(feeds);
    await engine.gpu.idle();
    const phases = new Map(timeline.phases.map((phase) => [phase.name, phase]));
    expect([...phases.keys()].sort()).toEqual(['differentiate', 'encode', 'pipelines', 'plan', 'submit', 'trace']);
    const span = (name: string) => {
      const { startMilliseconds, milliseconds } = phases.get(name) ?? {
        startMilliseconds: Number.NaN,
        milliseconds: 0,
      };
      return [startMilliseconds, startMilliseconds + milliseconds];
    };
    expect(span('differentiate')[0]).toBeGreaterThanOrEqual(span('trace')[0]);
    expect(span('differentiate')[1]).toBeLessThanOrEqual(span('trace')[1]);
    for (const [before, after] of [
      ['trace', 'plan'],
      ['plan', 'pipelines'],
      ['pipelines', 'encode'],
      ['encode', 'submit'],
    ])
      expect(span(before)[1], `${before} ends before ${after}`).toBeLessThanOrEqual(span(after)[0]);
    expect(program.hostMilliseconds.encode).toBe(phases.get('encode')?.milliseconds);
    expect(program.hostMilliseconds.submit).toBe(phases.get('submit')?.milliseconds);
    dispose();
    timed.dispose();
  });

  it('is absent unless one is given', () => {
    expect(engine.timeline).toBeUndefined();
    expect(new Graph().timeline).toBeUndefined();
  });
});
