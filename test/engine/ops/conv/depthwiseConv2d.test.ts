import { describe, expect, it } from 'vitest';
import { AttributeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../../src/engine/graph/graph.js';
import { interpret } from '../../../../src/engine/graph/interpret.js';
import { conv2d } from '../../../../src/engine/ops/conv/conv2d.js';
import { depthwiseConv2d } from '../../../../src/engine/ops/conv/depthwiseConv2d.js';
import { concat } from '../../../../src/engine/ops/copy/concat.js';
import { relu } from '../../../../src/engine/ops/elementwise/relu.js';
import { Random } from '../../../../src/engine/random/random.js';

const feedsOf = (x: number[], w: number[]) => {
  const g = new Graph();
  return { x: g.feed('x', x), w: g.feed('w', w), g };
};

describe('depthwiseConv2d', () => {
  // Computed by hand: 1 2 / 3 4 under the kernels 1 2 / 3 4 and 0 1 / 0 0.
  it('concatenates the outputs of the copies', () => {
    const { g, x, w } = feedsOf([1, 2, 2, 4], [2, 2, 2, 4]);
    const y = depthwiseConv2d(x, w);
    const images = [1, 2, 3, 4].flatMap((value) => [value, 10 * value, 0, 0]);
    const kernels = [
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 0],
    ].flatMap((taps) => taps.flatMap((weight) => [weight, weight, weight, weight]));
    const run = interpret(g, { feeds: { x: images, w: kernels } });
    expect(y.shape).toEqual([1, 1, 1, 8]);
    expect([...run(y).data]).toEqual([30, 300, 0, 0, 2, 20, 0, 0]);
  });

  it('agrees with grouped convolutions of the rectified input, one per copy', () => {
    const random = new Random(3, 'depthwise copies');
    const g = new Graph();
    const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());
    const kernels = [0, 1, 2].map(() => normal(3 * 3 * 8));
    const x = g.constant(normal(2 * 7 * 6 * 8), [2, 7, 6, 8]);
    const interleaved = Float32Array.from(
      { length: 9 * 3 * 8 },
      (_, i) => kernels[Math.floor(i / 8) % 3][Math.floor(i / 24) * 8 + (i % 8)],
    );
    const options = { stride: 2, padding: 2, dilation: 2 };
    const stacked = depthwiseConv2d(x, g.constant(interleaved, [3, 3, 3, 8]), { ...options, relu: true });
    const single = (kernel: Float32Array): Value =>
      conv2d(relu(x), g.constant(kernel, [3, 3, 1, 8]), { ...options, groups: 8 });
    const separate = concat(kernels.map(single));
    const run = interpret(g, {});
    expect(stacked.shape).toEqual(separate.shape);
    expect([...run(stacked).data]).toEqual([...run(separate).data]);
  });

  it('rejects copies of channels that do not fill vec4s, and weights for other channels', () => {
    const { g, x, w } = feedsOf([1, 5, 5, 6], [3, 3, 2, 6]);
    expect(() => depthwiseConv2d(x, w)).toThrow(AttributeError);
    expect(() => depthwiseConv2d(x, w)).toThrow(
      /depthwiseConv2d: x has 6 channels for 2 copies, wanted a multiple of 4/,
    );
    expect(depthwiseConv2d(x, g.feed('one', [3, 3, 1, 6])).shape).toEqual([1, 3, 3, 6]);
    expect(() => depthwiseConv2d(x, g.feed('other', [3, 3, 1, 8]))).toThrow(ShapeError);
    expect(() => depthwiseConv2d(x, g.feed('other', [3, 3, 1, 8]))).toThrow(
      /depthwiseConv2d: w is f32\[3, 3, 1, 8\] \(rows\), wanted \[kernelHeight, kernelWidth, copies, 6\]/,
    );
  });
});
