import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import {
  concreteSample,
  gumbelNoise,
  inverseFeed,
  linearByEpoch,
  noiseFeed,
  oneHotOfLargest,
  stepRandom,
} from '../../../../src/nas/methods/relaxed/gumbel.js';
import { softmaxRows } from '../../../../src/nas/training/bilevel/relaxedRule.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';

const DRAWS = 20_000;
/** Chi-square of 4 degrees of freedom is larger with probability 0.001 (table). */
const CHI_SQUARE_4 = 18.467;
const LOGITS = [0.3, -1, 1.2, 0, -0.4];

function chiSquare(counts: readonly number[], probabilities: ArrayLike<number>): number {
  const draws = counts.reduce((a, b) => a + b, 0);
  return counts.reduce(
    (sum, count, i) => sum + (count - draws * probabilities[i]) ** 2 / (draws * probabilities[i]),
    0,
  );
}

/** How often each of the columns is the largest of its row. */
function countLargest(rows: ArrayLike<number>, width: number): number[] {
  const hot = oneHotOfLargest(rows, width);
  return Array.from({ length: width }, (_, k) => hot.reduce((sum, one, i) => (i % width === k ? sum + one : sum), 0));
}

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Concrete samples of equal rows of logits, and the noise that they were made of. */
async function samples(logits: readonly number[], temperature: number, seed: number): Promise<Float32Array> {
  const shape = [DRAWS, logits.length];
  const all = Float32Array.from({ length: DRAWS * logits.length }, (_, i) => logits[i % logits.length]);
  const program = await engine.compile((graph) => {
    graph.output('z', concreteSample(graph.feed('alpha', shape), 'table', 'alphas'));
  });
  program.run({
    alpha: all,
    [noiseFeed('alphas', 'table')]: gumbelNoise(all.length, new Random(seed, 'noise')),
    [inverseFeed('alphas')]: [1 / temperature],
  });
  const z = Float32Array.from(await program.read('z'));
  program.dispose();
  return z;
}

describe('Gumbel noise', () => {
  it('makes the largest of logits plus noise a sample of their softmax', () => {
    const noise = gumbelNoise(DRAWS * LOGITS.length, new Random(1, 'draws'));
    const counts = countLargest(
      noise.map((each, i) => each + LOGITS[i % LOGITS.length]),
      LOGITS.length,
    );
    expect(chiSquare(counts, softmaxRows(LOGITS, LOGITS.length))).toBeLessThan(CHI_SQUARE_4);
    // The same counts are rejected as samples of other probabilities: the test can distinguish them.
    expect(chiSquare(counts, softmaxRows(LOGITS.with(0, 0.5), LOGITS.length))).toBeGreaterThan(CHI_SQUARE_4);
  });

  it('has the mean and the variance of the standard Gumbel distribution', () => {
    const noise = gumbelNoise(DRAWS, new Random(2, 'draws'));
    const mean = noise.reduce((a, b) => a + b, 0) / DRAWS;
    const variance = noise.reduce((sum, each) => sum + (each - mean) ** 2, 0) / DRAWS;
    // Euler's constant and pi^2 / 6; five standard errors, the fourth moment being 5.4 times the squared variance.
    expect(Math.abs(mean - 0.5772157)).toBeLessThan(5 * Math.sqrt(1.644934 / DRAWS));
    expect(Math.abs(variance - 1.644934)).toBeLessThan(5 * 1.644934 * Math.sqrt(4.4 / DRAWS));
  });

  it('depends on the seed, the part and the step only', () => {
    const draw = (...place: Parameters<typeof stepRandom>) => gumbelNoise(3, stepRandom(...place));
    const first = draw('gdas', 1, { part: 'alphas', step: 7 });
    expect(draw('gdas', 1, { part: 'alphas', step: 7 })).toEqual(first);
    for (const other of [
      draw('gdas', 2, { part: 'alphas', step: 7 }),
      draw('gdas', 1, { part: 'weights', step: 7 }),
      draw('gdas', 1, { part: 'alphas', step: 8 }),
    ])
      expect(other).not.toEqual(first);
  });
});

describe('concrete samples', () => {
  it('have their largest element distributed by the softmax of the logits, at any temperature', async () => {
    for (const temperature of [0.1, 1, 10]) {
      const counts = countLargest(await samples(LOGITS, temperature, 3), LOGITS.length);
      expect(chiSquare(counts, softmaxRows(LOGITS, LOGITS.length)), `at ${temperature}`).toBeLessThan(CHI_SQUARE_4);
    }
  });

  it('of two candidates at temperature 1 have the mean computed by integration', async () => {
    // Z = c U / (c U + 1 - U) with U uniform and c the ratio of the probabilities: integrated over U its mean is
    // c / (c - 1) - c ln c / (c - 1)^2.
    const z = await samples([Math.log(3), 0], 1, 4);
    const mean = z.reduce((sum, each, i) => (i % 2 === 0 ? sum + each : sum), 0) / DRAWS;
    const wanted = 3 / 2 - (3 * Math.log(3)) / 4;
    // Five standard errors; an element of at most one has a standard deviation of at most a half.
    expect(Math.abs(mean - wanted)).toBeLessThan((5 * 0.5) / Math.sqrt(DRAWS));
  });

  it('have the mean of the softmax as the temperature falls, and equal elements as it rises', async () => {
    const meanOf = async (temperature: number) => {
      const z = await samples(LOGITS, temperature, 5);
      return LOGITS.map((_, k) => z.reduce((sum, each, i) => (i % 5 === k ? sum + each : sum), 0) / DRAWS);
    };
    const limit = (5 * 0.5) / Math.sqrt(DRAWS);
    const probabilities = softmaxRows(LOGITS, 5);
    (await meanOf(0.001)).forEach((mean, k) => {
      expect(Math.abs(mean - probabilities[k])).toBeLessThan(limit);
    });
    for (const mean of await meanOf(1000)) expect(Math.abs(mean - 0.2)).toBeLessThan(0.002);
  });
});

it('temperatures fall linearly from the first epoch to the last', () => {
  const at = (epoch: number, epochs: number) => linearByEpoch(10, 0.1, { epoch, epochs });
  expect(at(0, 250)).toBe(10);
  expect(at(249, 250)).toBeCloseTo(0.1, 12);
  expect(at(100, 201)).toBeCloseTo(5.05, 12);
  expect(at(0, 1)).toBe(10);
});
