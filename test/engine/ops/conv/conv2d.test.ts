import { describe, expect, it } from 'vitest';
import { AttributeError, DTypeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph } from '../../../../src/engine/graph/graph.js';
import { interpret } from '../../../../src/engine/graph/interpret.js';
import { conv2d } from '../../../../src/engine/ops/conv/conv2d.js';
import { convolutionWeightLayout } from '../../../../src/engine/ops/conv/conv2dGeometry.js';
import { linear } from '../../../../src/engine/ops/matmul/linear.js';
import { matmul } from '../../../../src/engine/ops/matmul/matmul.js';

const feedsOf = (x: number[], w: number[]) => {
  const g = new Graph();
  return { x: g.feed('x', x), w: g.feed('w', w), g };
};

describe('conv2d', () => {
  // Computed by hand: 1 2 3 / 4 5 6 / 7 8 9 under the kernel 1 2 / 3 4.
  it('is a cross-correlation: the kernel is not flipped', () => {
    const { g, x, w } = feedsOf([1, 3, 3, 1], [2, 2, 1, 1]);
    const y = conv2d(x, w);
    const run = interpret(g, { feeds: { x: [1, 2, 3, 4, 5, 6, 7, 8, 9], w: [1, 2, 3, 4] } });
    expect(y.shape).toEqual([1, 2, 2, 1]);
    expect([...run(y).data]).toEqual([37, 47, 67, 77]);
  });

  it('pads each side by its own amount: top, left, bottom, right', () => {
    const { g, x, w } = feedsOf([1, 1, 2, 1], [1, 1, 1, 1]);
    const y = conv2d(x, w, { padding: [1, 2, 0, 3] });
    const run = interpret(g, { feeds: { x: [5, 6], w: [1] } });
    expect(y.shape).toEqual([1, 2, 7, 1]);
    expect([...run(y).data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 0, 0, 0]);
  });

  it('keeps groups apart: outputs of a group see only the input channels of that group', () => {
    const { g, x, w } = feedsOf([1, 1, 1, 4], [1, 1, 2, 2]);
    const y = conv2d(x, w, { groups: 2 });
    const run = interpret(g, { feeds: { x: [1, 10, 100, 1000], w: [1, 2, 3, 4] } });
    expect([...run(y).data]).toEqual([1 + 30, 200 + 4000]);
  });

  it('is one node for two equal calls', () => {
    const { x, w } = feedsOf([1, 5, 5, 3], [3, 3, 3, 4]);
    expect(conv2d(x, w, { padding: 1 })).toBe(conv2d(x, w, { padding: [1, 1, 1, 1], stride: [1, 1] }));
  });

  it('uses layout matrix for weights of ungrouped convolutions, and rows for those of grouped ones', () => {
    expect(convolutionWeightLayout(1)).toBe('matrix');
    expect(convolutionWeightLayout(16)).toBe('rows');
  });

  it('rejects weights for another number of channels than x has', () => {
    const { x, w } = feedsOf([1, 5, 5, 3], [3, 3, 4, 8]);
    expect(() => conv2d(x, w)).toThrow(ShapeError);
    expect(() => conv2d(x, w)).toThrow(/conv2d: w is f32\[3, 3, 4, 8\] for 4 input channels per group, wanted 3/);
  });

  it('rejects a kernel larger than the padded image', () => {
    const { x, w } = feedsOf([1, 3, 3, 1], [5, 5, 1, 1]);
    expect(() => conv2d(x, w)).toThrow(/smaller than the kernel of 5 x 5 taps/);
    expect(conv2d(x, w, { padding: 1 }).shape).toEqual([1, 1, 1, 1]);
  });

  it.each([
    ['stride', { stride: 0 }],
    ['dilation', { dilation: 1.5 }],
    ['padding', { padding: 0.5 }],
    ['groups', { groups: 2 }],
  ])('rejects %s out of range', (name, options) => {
    const { x, w } = feedsOf([1, 5, 5, 3], [3, 3, 3, 4]);
    expect(() => conv2d(x, w, options)).toThrow(AttributeError);
    expect(() => conv2d(x, w, options)).toThrow(new RegExp(`conv2d: ${name} is`));
  });

  it('rejects a bias of another length than the outputs, and integers', () => {
    const { g, x, w } = feedsOf([1, 5, 5, 3], [3, 3, 3, 4]);
    expect(() => conv2d(x, w, { bias: g.feed('b', [3]) })).toThrow(/conv2d: bias is f32\[3\], wanted f32\[4\]/);
    expect(() => conv2d(g.feed('i', [1, 5, 5, 3], 'u32'), w)).toThrow(DTypeError);
  });
});

describe('matmul and linear', () => {
  it('multiply rows by columns and add the bias', () => {
    const { g, x, w } = feedsOf([2, 2], [2, 3]);
    const y = linear(x, w, g.constant([100, 200, 300], [3]));
    const run = interpret(g, { feeds: { x: [1, 2, 3, 4], w: [1, 2, 3, 4, 5, 6] } });
    expect([...run(y).data]).toEqual([109, 212, 315, 119, 226, 333]);
  });

  it('reject factors whose shapes do not fit, naming both', () => {
    const { x, w } = feedsOf([2, 3], [4, 5]);
    expect(() => matmul(x, w)).toThrow(/matmul: b is f32\[4, 5\], wanted \[3, N\] to go with f32\[2, 3\]/);
  });

  it('take images of one pixel, but not of more', () => {
    const { g, w } = feedsOf([1, 1], [8, 3]);
    expect(linear(g.feed('pooled', [4, 1, 1, 8]), w).shape).toEqual([4, 3]);
    expect(() => linear(g.feed('image', [4, 2, 1, 8]), w)).toThrow(ShapeError);
  });
});
