import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../../src/engine/graph/graph.js';
import { type Variable, VariableSet } from '../../../src/engine/graph/variables.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { sum } from '../../../src/engine/ops/reduce/reduce.js';
import { Adam } from '../../../src/engine/optim/adam.js';
import type { Optimizer } from '../../../src/engine/optim/optimizer.js';
import { cosine } from '../../../src/engine/optim/schedules.js';
import { Sgd } from '../../../src/engine/optim/sgd.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

interface TorchStep {
  readonly norm: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
}
/** Written by torchSteps.py, which has the same parameters and losses. */
const torch = JSON.parse(readFileSync(new URL('torchSteps.json', import.meta.url), 'utf8')) as Record<
  string,
  TorchStep[]
>;

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** The parameters of torchSteps.py, and one on which no loss depends. */
function parameters(): { set: VariableSet; a: Variable; b: Variable; unused: Variable } {
  const set = new VariableSet('weights');
  const a = set.add('a', [5], () => [0.5, -1.25, 2.0, 0.125, -0.75]);
  const unused = set.add('unused', [3], () => [1, 2, 3]);
  const b = set.add('b', [2, 3], () => [1.0, -2.0, 3.0, 0.5, 0.25, -0.75], { layout: 'matrix' });
  engine.allocate(set);
  return { set, a, b, unused };
}

function loss(graph: Graph, a: Variable, b: Variable): Value {
  const squares = (variable: Variable) => sum(multiply(graph.read(variable), graph.read(variable)));
  return add(scale(squares(a), 1.5), squares(b));
}

const schedule = cosine({ initial: 0.1, final: 0.001, steps: 6 });
const decay = { learningRate: schedule, momentum: 0.9, weightDecay: 3e-2 };

describe.each<[string, (set: VariableSet) => Optimizer]>([
  ['plain', (set) => new Sgd(set, { learningRate: 0.05 })],
  ['momentum', (set) => new Sgd(set, decay)],
  ['nesterov', (set) => new Sgd(set, { ...decay, nesterov: true, clipNorm: 5 })],
  ['adam', (set) => new Adam(set, { learningRate: 0.05 })],
  [
    'adam of architecture weights',
    (set) => new Adam(set, { learningRate: schedule, beta1: 0.5, weightDecay: 1e-1, clipNorm: 3 }),
  ],
])('%s', (name, make) => {
  it("takes the steps of PyTorch's", async () => {
    const { set, a, b } = parameters();
    const optimizer = make(set);
    optimizer.allocate(engine);
    const program = await engine.compile((graph) => {
      graph.output('norm', optimizer.apply(loss(graph, a, b)).gradientNorm);
    });
    for (const [step, wanted] of torch[name].entries()) {
      program.run(optimizer.feeds(step));
      expect((await program.read('norm'))[0]).toBeCloseTo(wanted.norm, 4);
      const got = [...(await engine.read(a)), ...(await engine.read(b))];
      [...wanted.a, ...wanted.b].forEach((value, i) => {
        expect(Math.abs(got[i] - value)).toBeLessThan(2e-6);
      });
    }
    program.dispose();
  });
});

describe('an optimiser', () => {
  it('leaves a parameter without gradient unchanged, except for weight decay', async () => {
    for (const weightDecay of [0, 0.1]) {
      const { set, a, b, unused } = parameters();
      const optimizer = new Sgd(set, { learningRate: 0.5, weightDecay });
      optimizer.allocate(engine);
      const program = await engine.compile((graph) => {
        optimizer.apply(loss(graph, a, b));
      });
      program.run(optimizer.feeds(0));
      const kept = 1 - 0.5 * weightDecay;
      const after = await engine.read(unused);
      [1, 2, 3].forEach((value, i) => {
        expect(after[i]).toBeCloseTo(value * kept, 6);
      });
      program.dispose();
    }
  });

  it('continues from saved sets with the same bits', async () => {
    const run = async (saveAfter: number | undefined) => {
      const { set, a, b } = parameters();
      const optimizer = new Adam(set, { learningRate: 0.05, weightDecay: 0.01 });
      optimizer.allocate(engine);
      const program = await engine.compile((graph) => {
        optimizer.apply(loss(graph, a, b));
      });
      for (let step = 0; step < 5; step++) {
        program.run(optimizer.feeds(step));
        if (step !== saveAfter) continue;
        const sets = [set, ...optimizer.states];
        const saved = await Promise.all(sets.map((each) => engine.readSet(each)));
        for (const each of sets) engine.allocate(each, 99);
        sets.forEach((each, i) => {
          engine.writeSet(each, saved[i]);
        });
      }
      program.dispose();
      return engine.readSet(set);
    };
    expect(await run(2)).toEqual(await run(undefined));
  });

  it('updates one set and then another in one program, the second loss after the first update', async () => {
    const [weights, alphas] = ['weights', 'alphas'].map((name) => new VariableSet(name));
    const w = weights.add('w', [], () => [3]);
    const alpha = alphas.add('alpha', [], () => [2]);
    for (const set of [weights, alphas]) engine.allocate(set);
    const optimizers = [new Sgd(alphas, { learningRate: 0.5 }), new Sgd(weights, { learningRate: 0.5 })];
    for (const optimizer of optimizers) optimizer.allocate(engine);
    const program = await engine.compile((graph) => {
      for (const optimizer of optimizers) optimizer.apply(multiply(graph.read(w), graph.read(alpha)));
    });
    program.run({ ...optimizers[0].feeds(0), ...optimizers[1].feeds(0) });
    // d(w alpha)/d(alpha) = w = 3, so alpha = 2 - 1.5; then d/dw = alpha = 0.5, so w = 3 - 0.25.
    expect(await engine.read(alpha)).toEqual(Float32Array.of(0.5));
    expect(await engine.read(w)).toEqual(Float32Array.of(2.75));
    program.dispose();
  });

  it('rejects gradients of a loss after another optimiser has updated its parameters', async () => {
    const [weights, alphas] = ['weights', 'alphas'].map((name) => new VariableSet(name));
    const w = weights.add('w', [], () => [3]);
    const alpha = alphas.add('alpha', [], () => [2]);
    const optimizers = [new Sgd(alphas, { learningRate: 0.5 }), new Sgd(weights, { learningRate: 0.5 })];
    const compiled = engine.compile((graph) => {
      const product = multiply(graph.read(w), graph.read(alpha));
      for (const optimizer of optimizers) optimizer.apply(product);
    });
    await expect(compiled).rejects.toThrow(/take all gradients before the first update/);
  });
});
