import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { AttributeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../../src/engine/graph/graph.js';
import { multiply } from '../../../../src/engine/ops/elementwise/multiply.js';
import { scale } from '../../../../src/engine/ops/elementwise/scale.js';
import { scaleBy, weightedSum } from '../../../../src/engine/ops/elementwise/weightedSum.js';
import { mean, sum, sumRows } from '../../../../src/engine/ops/reduce/reduce.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';
import { evaluate } from '../../support/evaluate.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('weighted sum', () => {
  it('reads each weight at its row and column, and has gradients by inputs and weights', async () => {
    const { y, da, dweights } = await evaluate(engine, (graph) => {
      const a = graph.constant([1, 2], [1, 2]);
      const b = graph.constant([10, 20], [1, 2]);
      const weights = graph.constant([1, 2, 3, 4, 5, 6, 7, 8, 9, 0.5], [2, 5]);
      const y = weightedSum([a, b], weights, [4, 9]);
      const [da, dweights] = gradients(sum(y), [a, weights]);
      return { y, da: da as Value, dweights: dweights as Value };
    });
    expect(y).toEqual([10, 20]);
    expect(da).toEqual([5, 5]);
    expect(dweights).toEqual([0, 0, 0, 0, 3, 0, 0, 0, 0, 30]);
  });

  it('of one value scales it by one element', async () => {
    const { y } = await evaluate(engine, (graph) => ({
      y: scaleBy(graph.constant([1, 2, 3], [3]), graph.constant([2, 4], [2]), 1),
    }));
    expect(y).toEqual([4, 8, 12]);
  });
});

describe('bad arguments', () => {
  const graph = new Graph();
  const x = graph.feed('x', [2, 3]);
  const weights = graph.feed('weights', [2, 4]);
  it.each([
    ['an element beyond the weights', () => weightedSum([x], weights, [8]), AttributeError, /index 8 .* from 0 to 7/],
    ['too few indices', () => weightedSum([x, x], weights, [1]), AttributeError, /got 1 indices for 2 inputs/],
    ['no inputs', () => weightedSum([], weights, []), ShapeError, /got no inputs/],
    ['other shapes', () => weightedSum([x, weights], weights, [0, 1]), ShapeError, /input 1 is f32\[2, 4\]/],
    ['a product of other shapes', () => multiply(x, weights), ShapeError, /multiply: input 1 is f32\[2, 4\]/],
    ['a factor that is none', () => scale(x, Number.NaN), AttributeError, /factor is NaN/],
    ['rows of a vector', () => sumRows(graph.feed('v', [3])), ShapeError, /x is f32\[3\], wanted rank 2/],
    ['a mean of integers', () => mean(graph.feed('n', [3], 'u32')), Error, /x is u32\[3\], wanted f32/],
  ] as const)('are named: %s', (_, build, kind, message) => {
    expect(build).toThrow(kind);
    expect(build).toThrow(message);
  });
});
