import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { AttributeError, DTypeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../../src/engine/graph/graph.js';
import { averagePool } from '../../../../src/engine/ops/pool/averagePool.js';
import { globalAveragePool } from '../../../../src/engine/ops/pool/globalAveragePool.js';
import { maxPool } from '../../../../src/engine/ops/pool/maxPool.js';
import { sum } from '../../../../src/engine/ops/reduce/reduce.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';
import { evaluate } from '../../support/evaluate.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('max pool', () => {
  it('takes the first of equal values in row-major order, and only that one has a gradient', async () => {
    const { y, dx } = await evaluate(engine, (graph) => {
      const x = graph.constant([1, 1, 0, 1, 1, 0], [1, 2, 3, 1]);
      const y = maxPool(x, { kernel: 2 });
      return { y, dx: gradients(sum(y), [x])[0] as Value };
    });
    expect(y).toEqual([1, 1]);
    expect(dx).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('never takes the padding as the maximum, however low the numbers are', async () => {
    const { y } = await evaluate(engine, (graph) => ({
      y: maxPool(graph.constant([-5, -3, -1e30, -2], [1, 2, 2, 1]), { kernel: 3, padding: 1, stride: 2 }),
    }));
    expect(y).toEqual([-2]);
  });

  it('gives the numbers of a hand-made example with strides', async () => {
    const x = Array.from({ length: 25 }, (_, i) => i + 1);
    const { y } = await evaluate(engine, (graph) => ({
      y: maxPool(graph.constant(x, [1, 5, 5, 1]), { kernel: 2, stride: 2 }),
    }));
    expect(y).toEqual([7, 9, 17, 19]);
  });

  it('rounds extents up only where the last window starts in the image or its leading padding', () => {
    const graph = new Graph();
    const shape = (size: number, padding: number, ceil: boolean) =>
      maxPool(graph.feed(`x${size}`, [1, size, size, 1]), { kernel: 3, stride: 2, padding, ceil }).shape[1];
    expect([shape(4, 0, false), shape(4, 0, true), shape(5, 0, true)]).toEqual([1, 2, 2]);
    const tight = maxPool(graph.feed('x3', [1, 3, 3, 1]), { kernel: 2, stride: 3, padding: 1, ceil: true });
    expect(tight.shape).toEqual([1, 2, 2, 1]);
  });
});

describe('average pool', () => {
  const x = Array.from({ length: 9 }, (_, i) => i + 1);

  it('excludes padding from the mean, or includes it', async () => {
    const { without, counted } = await evaluate(engine, (graph) => {
      const image = graph.constant(x, [1, 3, 3, 1]);
      return {
        without: averagePool(image, { kernel: 3, padding: 1 }),
        counted: averagePool(image, { kernel: 3, padding: 1, countPadding: true }),
      };
    });
    const sums = [12, 21, 16, 27, 45, 33, 24, 39, 28];
    const counts = [4, 6, 4, 6, 9, 6, 4, 6, 4];
    without.forEach((value, i) => {
      expect(value).toBeCloseTo(sums[i] / counts[i], 5);
    });
    counted.forEach((value, i) => {
      expect(value).toBeCloseTo(sums[i] / 9, 5);
    });
  });

  it('gives each pixel the gradients of all windows that contain it', async () => {
    const { dx } = await evaluate(engine, (graph) => {
      const image = graph.constant(x, [1, 3, 3, 1]);
      return { dx: gradients(sum(averagePool(image, { kernel: 3, padding: 1 })), [image])[0] as Value };
    });
    // The corner is in windows of 4, 6, 6 and 9 pixels.
    expect(dx[0]).toBeCloseTo(1 / 4 + 1 / 6 + 1 / 6 + 1 / 9, 5);
    expect(dx[4]).toBeCloseTo(4 / 4 + 4 / 6 + 1 / 9, 5);
  });
});

describe('bad arguments of a pooling', () => {
  const graph = new Graph();
  const x = graph.feed('x', [2, 4, 4, 3]);
  it.each([
    ['a window larger than the image', () => maxPool(x, { kernel: 5 }), ShapeError, /x is f32\[2, 4, 4, 3\].*pad more/],
    ['no stride', () => maxPool(x, { kernel: 2, stride: 0 }), AttributeError, /stride is \[0,0\], wanted 2 integers/],
    ['half a pixel', () => averagePool(x, { kernel: 2, padding: 0.5 }), AttributeError, /padding is/],
    ['windows of padding alone', () => averagePool(x, { kernel: 2, padding: 2 }), AttributeError, /holds only padding/],
    ['too many taps', () => maxPool(graph.feed('big', [1, 17, 17, 1]), { kernel: 17 }), AttributeError, /256 taps/],
    ['no image', () => globalAveragePool(graph.feed('row', [2, 3])), ShapeError, /x is f32\[2, 3\], wanted rank 4/],
    ['integers', () => maxPool(graph.feed('n', [1, 4, 4, 1], 'u32'), { kernel: 2 }), DTypeError, /wanted f32/],
  ] as const)('are named: %s', (_, build, kind, message) => {
    expect(build).toThrow(kind);
    expect(build).toThrow(message);
  });
});
