import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { AttributeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../../src/engine/graph/graph.js';
import { type Initializer, VariableSet, zeros } from '../../../../src/engine/graph/variables.js';
import { multiply } from '../../../../src/engine/ops/elementwise/multiply.js';
import { relu } from '../../../../src/engine/ops/elementwise/relu.js';
import { batchNorm } from '../../../../src/engine/ops/norm/batchNorm.js';
import { batchNormInference } from '../../../../src/engine/ops/norm/batchNormInference.js';
import { updateRunningStatistics } from '../../../../src/engine/ops/norm/batchNormRunning.js';
import { batchNormTraining } from '../../../../src/engine/ops/norm/batchNormTraining.js';
import { sum } from '../../../../src/engine/ops/reduce/reduce.js';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';
import { evaluate } from '../../support/evaluate.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const ones: Initializer = ({ shape }) => new Float32Array(shape[0]).fill(1);

describe('batch norm', () => {
  it('stays accurate where the mean is a thousand standard deviations', async () => {
    const random = new Random(3, 'far from zero');
    const x = Float32Array.from({ length: 4 * 32 * 32 }, () => 1000 + random.normal());
    const mean = x.reduce((total, value) => total + value / x.length, 0);
    const variance = x.reduce((total, value) => total + (value - mean) ** 2 / x.length, 0);
    const result = await evaluate(engine, (graph) =>
      batchNormTraining(graph.constant(x, [4, 32, 32, 1]), { epsilon: 0 }),
    );
    expect(Math.abs(result.mean[0] - mean)).toBeLessThan(1e-4);
    expect(Math.abs(result.variance[0] / variance - 1)).toBeLessThan(1e-5);
    result.y.forEach((value, i) => {
      expect(Math.abs(value - (x[i] - mean) / Math.sqrt(variance))).toBeLessThan(2e-4);
    });
  });

  it('is accurate with a single outlier', async () => {
    const x = new Float32Array(4096);
    x[0] = 1e4;
    const result = await evaluate(engine, (graph) => batchNormTraining(graph.constant(x, [4096, 1])));
    const exact = (1e8 / 4096) * (1 - 1 / 4096);
    expect(Math.abs(result.variance[0] / exact - 1)).toBeLessThan(1e-4);
  });

  it('updates running statistics as PyTorch does, and uses them in inference', async () => {
    const set = new VariableSet('running');
    const running = { mean: set.add('mean', [1], zeros), variance: set.add('variance', [1], ones) };
    engine.allocate(set);
    const training = await engine.compile((graph) => {
      graph.output('y', batchNorm(graph.feed('x', [4, 1]), { mode: 'training', running, epsilon: 0 }));
    });
    training.run({ x: [1, 2, 3, 6] });
    // Mean 3, biased variance 3.5, unbiased 14 / 3; momentum 0.1 from 0 and 1.
    (await training.read('y')).forEach((value, i) => {
      expect(value).toBeCloseTo(([1, 2, 3, 6][i] - 3) / Math.sqrt(3.5), 5);
    });
    expect((await engine.read(running.mean))[0]).toBeCloseTo(0.3, 6);
    expect((await engine.read(running.variance))[0]).toBeCloseTo(0.9 + 0.1 * (14 / 3), 6);
    training.run({ x: [1, 2, 3, 6] });
    expect((await engine.read(running.mean))[0]).toBeCloseTo(0.57, 6);

    const inference = await engine.compile((graph) => {
      graph.output('y', batchNorm(graph.feed('x', [1, 1]), { mode: 'inference', running, epsilon: 0 }));
    });
    const before = Array.from(await engine.readSet(set));
    inference.run({ x: [2] });
    const variance = 0.9 * (0.9 + 0.1 * (14 / 3)) + 0.1 * (14 / 3);
    expect((await inference.read('y'))[0]).toBeCloseTo((2 - 0.57) / Math.sqrt(variance), 5);
    expect(Array.from(await engine.readSet(set))).toEqual(before);
    training.dispose();
    inference.dispose();
    engine.release(set);
  });

  it.each(['training', 'inference'] as const)(
    'with a ReLU has the values and gradients of the two in sequence, in %s',
    async (mode) => {
      const random = new Random(5, 'batch norm and relu');
      const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());
      const set = new VariableSet('running');
      const running = { mean: set.add('mean', [12], zeros), variance: set.add('variance', [12], ones) };
      engine.allocate(set);
      const values = { x: normal(3 * 9 * 7 * 12), gamma: normal(12), beta: normal(12), dy: normal(3 * 9 * 7 * 12) };
      const results = [true, false].map((fused) =>
        evaluate(engine, (g) => {
          const constant = (name: keyof typeof values, shape: number[]) => g.constant(values[name], shape);
          const x = constant('x', [3, 9, 7, 12]);
          const [gamma, beta] = [constant('gamma', [12]), constant('beta', [12])];
          const norm = batchNorm(x, { mode, gamma, beta, running, relu: fused });
          const y = fused ? norm : relu(norm);
          const loss = sum(multiply(y, constant('dy', [3, 9, 7, 12])));
          const [dx, dgamma, dbeta] = gradients(loss, [x, gamma, beta]) as Value[];
          return { y, dx, dgamma, dbeta };
        }),
      );
      const [fused, separate] = [await results[0], await results[1]];
      expect(fused.y.some((value) => value === 0)).toBe(true);
      for (const name of ['y', 'dx', 'dgamma', 'dbeta'] as const)
        fused[name].forEach((value, i) => {
          expect(Math.abs(value - separate[name][i]), `${name}[${i}]`).toBeLessThan(1e-5);
        });
      engine.release(set);
    },
  );

  const graph = new Graph();
  const x = graph.feed('x', [2, 3]);
  const row = graph.feed('row', [3]);
  it.each([
    ['gamma alone', () => batchNorm(x, { mode: 'training', gamma: row }), AttributeError, /gamma without beta/],
    [
      'inference by nothing',
      () => batchNorm(x, { mode: 'inference' }),
      AttributeError,
      /got mode inference without `running`, wanted running statistics/,
    ],
    [
      'a mean of other channels',
      () => batchNormInference(x, graph.feed('two', [2]), row),
      ShapeError,
      /mean is f32\[2\], wanted \[3\]/,
    ],
    ['a single row', () => batchNormTraining(row), ShapeError, /x is f32\[3\] .*wanted rank 2/],
    [
      'a batch of one element per channel',
      () => {
        const set = new VariableSet('s');
        const variable = graph.read(set.add('mean', [3], zeros));
        return updateRunningStatistics(variable, variable, row, row, { count: 1 });
      },
      AttributeError,
      /count is 1, wanted at least 2/,
    ],
  ] as const)('names bad arguments: %s', (_, build, kind, message) => {
    expect(build).toThrow(kind);
    expect(build).toThrow(message);
  });
});
