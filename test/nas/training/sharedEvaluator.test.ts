import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { channelStatistics } from '../../../src/nas/data/images/statistics.js';
import { SharedEvaluator } from '../../../src/nas/training/paths/sharedEvaluator.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { toyProblem } from '../methods/toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('an evaluation with shared weights', () => {
  it('equals the accuracy counted on the host, over all images and over chosen batches', async () => {
    const { problem, value } = toyProblem(engine, 3);
    const { source, build } = problem.supernet!;
    const supernet = build({ affine: false, batchNorm: 'batch', gated: true });
    const images = source.validationSplit;
    engine.allocate(supernet.weights, 1);
    const evaluator = await SharedEvaluator.create({
      engine,
      supernet,
      tables: problem.space.relaxation.tables,
      shape: source,
      images,
      statistics: channelStatistics(source.trainSplit, 1),
      // Two whole batches, and one of 32.
      batch: 48,
    });
    expect(evaluator.batches).toBe(2);
    /** The class of an image is where 0.6 times the value of the signal, the left half of a pair of rows, plus noise, the right, is most. */
    const isRight = (image: number, signal: number) => {
      const sums = [0, 1, 2, 3].map((label) => {
        let sum = 0;
        for (let p = 0; p < 16; p++) sum += images.pixels[image * 64 + label * 16 + p] * (p % 8 < 4 ? 0.6 * signal : 1);
        return sum;
      });
      return sums.indexOf(Math.max(...sums)) === images.labels[image];
    };
    const accuracies = new Set<number>();
    for (const toy of [
      [0, 0, 1],
      [1, 0, 0],
      [1, 2, 0],
      [3, 2, 1],
    ]) {
      const signal = value(problem.space.format(toy));
      const counted = (from: number, to: number) => {
        const all = Array.from({ length: to - from }, (_, i) => isRight(from + i, signal));
        return all.filter(Boolean).length / all.length;
      };
      const selection = problem.space.relaxation.selection(toy);
      const { accuracy } = await evaluator.evaluate(selection);
      expect(accuracy).toBeCloseTo(counted(0, 128), 10);
      expect((await evaluator.evaluate(selection, [2])).accuracy).toBeCloseTo(counted(96, 128), 10);
      expect((await evaluator.evaluate(selection, [4])).accuracy).toBeCloseTo(counted(48, 96), 10);
      accuracies.add(accuracy);
    }
    expect(accuracies.size).toBeGreaterThan(2);
    evaluator.dispose();
    engine.release(supernet.weights);
  });
});
