import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import type { Graph, Value } from '../../../src/engine/graph/graph.js';
import { logicalSize } from '../../../src/engine/graph/types.js';
import { VariableSet } from '../../../src/engine/graph/variables.js';
import { BatchNorm2d } from '../../../src/engine/nn/batchNorm2d.js';
import { Conv2d } from '../../../src/engine/nn/conv2d.js';
import { DepthwiseConv2d } from '../../../src/engine/nn/depthwiseConv2d.js';
import { Linear } from '../../../src/engine/nn/linear.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

async function run(
  build: (graph: Graph) => Value,
  feeds: Record<string, ArrayLike<number>>,
): Promise<{ shape: readonly number[]; y: number[] }> {
  let shape: readonly number[] = [];
  const program = await engine.compile((graph) => {
    const y = build(graph);
    shape = y.shape;
    graph.output('y', y);
  });
  program.run(feeds);
  const y = Array.from(await program.read('y'));
  program.dispose();
  return { shape, y };
}

function expectClose(got: readonly number[], wanted: readonly number[], tolerance = 1e-5): void {
  expect(got).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(got[i] - value)).toBeLessThan(tolerance);
  });
}

describe('Linear', () => {
  it('multiplies by its weights and adds its bias', async () => {
    const set = new VariableSet('weights');
    const layer = new Linear(set, 'classifier', { inputs: 2, outputs: 3 });
    engine.allocate(set, 1);
    expect(set.variables.map(({ name, type }) => [name, type.shape])).toEqual([
      ['classifier/weight', [2, 3]],
      ['classifier/bias', [3]],
    ]);
    engine.write(layer.weight, [1, 2, 3, 4, 5, 6]);
    engine.write(set.variables[1], [0.5, 0, -0.5]);
    const { shape, y } = await run((graph) => layer.forward(graph.feed('x', [2, 2])), { x: [1, 1, 2, -1] });
    expect(shape).toEqual([2, 3]);
    expectClose(y, [5.5, 7, 8.5, -1.5, -1, -0.5]);
  });
});

describe('DepthwiseConv2d', () => {
  it('has as many outputs per channel as copies, of the rectified input', async () => {
    const set = new VariableSet('weights');
    const layer = new DepthwiseConv2d(set, 'edges', { channels: 4, copies: 2, kernel: [1, 2], relu: true });
    engine.allocate(set, 1);
    expect(layer.weight.type.shape).toEqual([1, 2, 2, 4]);
    engine.write(layer.weight, [1, 1, 1, 1, 2, 2, 2, 2, 10, 10, 10, 10, 0, 0, 0, 0]);
    const { shape, y } = await run((graph) => layer.forward(graph.feed('x', [1, 1, 2, 4])), {
      x: [1, -1, 3, 4, 5, 6, -7, 8],
    });
    expect(shape).toEqual([1, 1, 1, 8]);
    expectClose(y, [51, 60, 3, 84, 2, 0, 6, 8]);
  });

  it('starts in the range of a depthwise convolution of one copy', () => {
    const set = new VariableSet('weights');
    const { weight } = new DepthwiseConv2d(set, 'edges', { channels: 16, copies: 4, kernel: 5 });
    const values = Array.from(weight.initializer(weight.type, new Random(1, 'weights')));
    const largest = Math.max(...values.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(1 / 5);
    expect(largest).toBeGreaterThan(0.9 / 5);
  });
});

describe('Conv2d', () => {
  it('sums a neighbourhood, with stride, padding and bias', async () => {
    const set = new VariableSet('weights');
    const layer = new Conv2d(set, 'conv', { inputs: 1, outputs: 1, kernel: 3, stride: 2, padding: 1, bias: true });
    engine.allocate(set, 1);
    engine.write(layer.weight, new Float32Array(9).fill(1));
    engine.write(set.variables[1], [10]);
    const x = Array.from({ length: 16 }, (_, i) => i);
    const { shape, y } = await run((graph) => layer.forward(graph.feed('x', [1, 4, 4, 1])), { x });
    expect(shape).toEqual([1, 2, 2, 1]);
    // Sums of the pixels around (0, 0), (0, 2), (2, 0), (2, 2) of the numbers 0 to 15 in rows of four.
    expectClose(y, [10 + 10, 24 + 10, 51 + 10, 90 + 10]);
  });

  it('keeps the weights of a depthwise convolution one channel deep', async () => {
    const set = new VariableSet('weights');
    const layer = new Conv2d(set, 'conv', { inputs: 6, outputs: 6, kernel: [1, 3], groups: 6, padding: [0, 1] });
    expect(layer.weight.type.shape).toEqual([1, 3, 1, 6]);
    expect(logicalSize(layer.weight.type)).toBe(18);
    engine.allocate(set, 1);
    const factors = [1, 2, 3, 4, 5, 6];
    engine.write(layer.weight, [...Array(6).fill(0), ...factors, ...Array(6).fill(0)]);
    const x = Array.from({ length: 18 }, (_, i) => i + 1);
    const { y } = await run((graph) => layer.forward(graph.feed('x', [1, 1, 3, 6])), { x });
    expectClose(
      y,
      x.map((value, i) => value * factors[i % 6]),
    );
  });

  it('rejects groups that do not divide its channels', () => {
    const make = () => new Conv2d(new VariableSet('weights'), 'conv', { inputs: 6, outputs: 4, kernel: 1, groups: 3 });
    expect(make).toThrow(AttributeError);
    expect(make).toThrow(/"conv": groups is 3, wanted a divisor of 6 inputs and 4 outputs/);
  });
});

describe('BatchNorm2d', () => {
  const random = new Random(4, 'x');
  const x = Float32Array.from({ length: 4 * 3 * 3 * 5 }, () => 2 + 3 * random.normal());
  const build = (settings: { affine?: boolean; trackRunningStatistics?: boolean }) => {
    const [weights, runningStatistics] = [new VariableSet('weights'), new VariableSet('averages')];
    const layer = new BatchNorm2d(weights, runningStatistics, 'norm', { channels: 5, ...settings });
    for (const set of [weights, runningStatistics]) engine.allocate(set);
    return { layer, weights, runningStatistics };
  };
  const moments = (channel: number, values: ArrayLike<number>) => {
    const own = Array.from(values).filter((_, i) => i % 5 === channel);
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    return { mean, variance: own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length };
  };

  it('normalises a batch with its own statistics and updates the running statistics as PyTorch does', async () => {
    const { layer, runningStatistics } = build({});
    const { y } = await run((graph) => layer.forward(graph.feed('x', [4, 3, 3, 5]), 'batch'), { x });
    const [mean, variance] = await Promise.all(runningStatistics.variables.map((variable) => engine.read(variable)));
    for (let channel = 0; channel < 5; channel++) {
      const batch = moments(channel, x);
      expect(moments(channel, y).mean).toBeCloseTo(0, 4);
      expect(moments(channel, y).variance).toBeCloseTo(1, 4);
      expect(mean[channel]).toBeCloseTo(0.1 * batch.mean, 5);
      // Running variances are unbiased: n / (n - 1) of the batch's, from 1.
      expect(variance[channel]).toBeCloseTo(0.9 + 0.1 * batch.variance * (36 / 35), 4);
    }
  });

  it('uses the running statistics in evaluation and leaves them unchanged', async () => {
    const { layer, weights, runningStatistics } = build({});
    engine.write(runningStatistics.variables[0], [0, 1, 2, 3, 4]);
    engine.write(runningStatistics.variables[1], Array(5).fill(4 - 1e-5));
    engine.write(weights.variables[0], Array(5).fill(2));
    engine.write(weights.variables[1], Array(5).fill(-1));
    const { y } = await run((graph) => layer.forward(graph.feed('x', [4, 3, 3, 5]), 'running'), { x });
    expectClose(
      y,
      Array.from(x, (value, i) => value - (i % 5) - 1),
    );
    expect(Array.from(await engine.read(runningStatistics.variables[0]))).toEqual([0, 1, 2, 3, 4]);
  });

  it('has no variables without affine parameters and running statistics, and then no evaluation mode', async () => {
    const { layer, weights, runningStatistics } = build({ affine: false, trackRunningStatistics: false });
    expect([...weights.variables, ...runningStatistics.variables]).toEqual([]);
    const { y } = await run((graph) => layer.forward(graph.feed('x', [4, 3, 3, 5]), 'batch'), { x });
    expect(moments(2, y).variance).toBeCloseTo(1, 4);
    const evaluated = run((graph) => layer.forward(graph.feed('x', [4, 3, 3, 5]), 'running'), { x });
    await expect(evaluated).rejects.toThrow(AttributeError);
  });
});
