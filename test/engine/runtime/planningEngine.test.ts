import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDescription } from '../../../src/engine/device/description.js';
import { DisposedError, OwnershipError } from '../../../src/engine/errors/errors.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { Conv2d } from '../../../src/engine/nn/conv2d.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { mean } from '../../../src/engine/ops/reduce/reduce.js';
import { Adam } from '../../../src/engine/optim/adam.js';
import { constant } from '../../../src/engine/optim/schedules.js';
import type { Compiler } from '../../../src/engine/runtime/compiler.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { PlanningEngine } from '../../../src/engine/runtime/planningEngine.js';
import { PlanOnlyError } from '../../../src/engine/runtime/planOnlyError.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
let description: DeviceDescription;
beforeAll(async () => {
  engine = await openTestEngine();
  // Through JSON: nothing of the open device is left.
  const { info, limits, memoryLimit, subgroupLanes } = engine.gpu;
  description = {
    ...JSON.parse(JSON.stringify({ info, limits, memoryLimit, subgroupLanes })),
    features: new Set(engine.gpu.features),
  };
});
afterAll(() => closeTestEngine(engine));

/** A training step on images that lie in a set of their own. */
async function trainingStep(on: Compiler) {
  const weights = new VariableSet('weights');
  const layer = new Conv2d(weights, 'conv', { inputs: 8, outputs: 8, kernel: 3, padding: 1 });
  const images = new VariableSet('pixels', 'data');
  const x = images.add('x', [4, 8, 8, 8], zeros);
  const learningRate = constant({ initial: 0.1, steps: 10 });
  const optimizer = new Adam(weights, { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 });
  for (const set of [weights, images]) on.allocate(set);
  optimizer.allocate(on);
  const program = await on.compile((graph) => {
    optimizer.apply(mean(relu(layer.forward(graph.read(x)))));
  });
  return { program, weights, variable: x };
}

describe('a planning engine', () => {
  it('describes a program as the engine that runs it does, without an open device', async () => {
    const planning = new PlanningEngine(description);
    expect(planning.target).toEqual(engine.target);
    const planned = await trainingStep(planning);
    const before = engine.memoryBytes;
    const real = await trainingStep(engine);
    expect(planned.program.describe()).toEqual(real.program.describe());
    expect(planned.program.cost).toEqual(real.program.cost);
    expect(planned.program.dispatchCount).toBe(real.program.dispatchCount);
    expect(planning.memoryBytes).toBe(engine.memoryBytes - before);
    expect(['learningRate', 'nothing'].map((name) => planned.program.hasFeed(name))).toEqual(
      ['learningRate', 'nothing'].map((name) => real.program.hasFeed(name)),
    );
    real.program.dispose();
    planning.dispose();
    expect(planning.memoryBytes).toBe(0);
    await expect(trainingStep(planning)).rejects.toThrow(DisposedError);
  });

  it('accounts memory by what sets are for, not by their names', async () => {
    const planning = new PlanningEngine(description);
    await trainingStep(planning);
    const bytes: Record<string, number> = {};
    for (const { role, bytes: more } of planning.peak.sets) bytes[role] = (bytes[role] ?? 0) + more;
    const weights = 3 * 3 * 8 * 8 * 4;
    expect(bytes).toEqual({ weights, optimizer: 2 * weights, data: 4 * 8 * 8 * 8 * 4 });
    const { sets, programs, total } = planning.peak;
    expect(sets.reduce((sum, set) => sum + set.bytes, 0) + programs).toBe(total);
    planning.dispose();
  });

  it('computes nothing, and says what to use instead', async () => {
    const planning = new PlanningEngine(description);
    const { program, weights, variable } = await trainingStep(planning);
    expect(() => program.run()).toThrow(PlanOnlyError);
    await expect(program.read('y')).rejects.toThrow('compile it on an Engine');
    await expect(program.profile()).rejects.toThrow(PlanOnlyError);
    await expect(planning.read(variable)).rejects.toThrow('use an Engine');
    await expect(planning.readSet(weights)).rejects.toThrow(PlanOnlyError);
    await planning.idle();
    program.dispose();
    expect(() => program.describe()).toThrow(DisposedError);
    planning.dispose();
  });

  it('owns the sets that it allocates', () => {
    const [one, other] = [new PlanningEngine(description), new PlanningEngine(description)];
    const set = new VariableSet('owned');
    set.add('w', [4], zeros);
    one.allocate(set);
    expect(() => other.allocate(set)).toThrow(OwnershipError);
    one.release(set);
    expect(one.memoryBytes).toBe(0);
  });
});
