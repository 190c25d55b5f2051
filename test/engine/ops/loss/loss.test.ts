import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { AttributeError, DTypeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../../src/engine/graph/graph.js';
import { NO_SAMPLE } from '../../../../src/engine/ops/data/noSample.js';
import { accuracy, correctCount } from '../../../../src/engine/ops/loss/accuracy.js';
import { crossEntropy } from '../../../../src/engine/ops/loss/crossEntropy.js';
import { logSoftmax, softmax } from '../../../../src/engine/ops/reduce/softmax.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';
import { evaluate } from '../../support/evaluate.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('cross entropy', () => {
  it('stays finite and exact where exponentials overflow', async () => {
    const { loss, dlogits } = await evaluate(engine, (graph) => {
      const logits = graph.constant([1000, 0, -1000, 300, 300, -300], [2, 3]);
      const loss = crossEntropy(logits, graph.constant([1, 0], [2], 'u32'), { reduction: 'sum' });
      return { loss, dlogits: gradients(loss, [logits])[0] as Value };
    });
    expect(loss[0]).toBeCloseTo(1000 + Math.log(2), 3);
    [1, -1, 0, -0.5, 0.5, 0].forEach((wanted, i) => {
      expect(dlogits[i]).toBeCloseTo(wanted, 6);
    });
  });

  it('excludes empty positions from loss, gradient and count', async () => {
    const rows = [1, 2, 3, 0.5, -1, 2, 9, 9, 9];
    const of = (labels: number[], samples: number) => (graph: Graph) => {
      const logits = graph.constant(rows.slice(0, samples * 3), [samples, 3]);
      const loss = crossEntropy(logits, graph.constant(labels, [samples], 'u32'), { labelSmoothing: 0.1 });
      return { loss, dlogits: gradients(loss, [logits])[0] as Value };
    };
    const full = await evaluate(engine, of([2, 0], 2));
    const padded = await evaluate(engine, of([2, 0, NO_SAMPLE], 3));
    expect(padded.loss).toEqual(full.loss);
    expect(padded.dlogits).toEqual([...full.dlogits, 0, 0, 0]);
    const empty = await evaluate(engine, of([NO_SAMPLE, NO_SAMPLE], 2));
    expect(empty).toEqual({ loss: [0], dlogits: [0, 0, 0, 0, 0, 0] });
  });

  it('smooths labels towards all classes, including the correct one', async () => {
    const { loss } = await evaluate(engine, (graph) => ({
      loss: crossEntropy(graph.constant([Math.log(2), 0, 0, 0], [1, 4]), graph.constant([0], [1], 'u32'), {
        labelSmoothing: 0.4,
      }),
    }));
    // p = 2/5, 1/5, 1/5, 1/5; targets 0.7, 0.1, 0.1, 0.1.
    expect(loss[0]).toBeCloseTo(-(0.7 * Math.log(2 / 5) + 0.3 * Math.log(1 / 5)), 6);
  });

  const graph = new Graph();
  const logits = graph.feed('logits', [4, 3]);
  const labels = graph.feed('labels', [4], 'u32');
  it.each([
    [
      'labels that are numbers',
      () => crossEntropy(logits, graph.feed('f', [4])),
      DTypeError,
      /labels is f32\[4\], wanted u32/,
    ],
    [
      'labels of another batch',
      () => accuracy(logits, graph.feed('l3', [3], 'u32')),
      ShapeError,
      /u32\[3\], wanted u32\[4\]/,
    ],
    [
      'label smoothing above 1',
      () => crossEntropy(logits, labels, { labelSmoothing: 1.5 }),
      AttributeError,
      /labelSmoothing is 1.5, wanted 0 to 1/,
    ],
    ['logits without classes', () => crossEntropy(labels, labels), DTypeError, /logits is u32\[4\], wanted f32/],
    ['a softmax of a scalar', () => softmax(graph.feed('s', [])), ShapeError, /x is f32\[\]/],
  ] as const)('names bad arguments: %s', (_, build, kind, message) => {
    expect(build).toThrow(kind);
    expect(build).toThrow(message);
  });
});

describe('accuracy', () => {
  it('counts a sample as correct where the first of its largest logits is at the label', async () => {
    const { count, share } = await evaluate(engine, (graph) => {
      const logits = graph.constant([1, 1, 0, 1, 1, 0, -3, -2, -2, 0, 0, 5, 7, 7, 7], [5, 3]);
      const labels = graph.constant([0, 1, 1, 2, NO_SAMPLE], [5], 'u32');
      return { count: correctCount(logits, labels), share: accuracy(logits, labels) };
    });
    expect(count).toEqual([3]);
    expect(share).toEqual([0.75]);
  });
});

describe('softmax', () => {
  it('stays finite where exponentials overflow, and adds up to one', async () => {
    const { y, log } = await evaluate(engine, (graph) => {
      const x = graph.constant([5000, 4999, -5000, 0, 5000], [5]);
      return { y: softmax(x), log: logSoftmax(x) };
    });
    const total = 2 + Math.exp(-1);
    [1 / total, Math.exp(-1) / total, 0, 0, 1 / total].forEach((wanted, i) => {
      expect(y[i]).toBeCloseTo(wanted, 6);
    });
    expect(log[2]).toBeCloseTo(-10000 - Math.log(total), 2);
    expect(log[0]).toBeCloseTo(-Math.log(total), 6);
  });
});
