import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';
import { Unsupported } from './call.js';
import { missingOperators, runModel, usesEngine } from './model.js';
import type { Tensor } from './reader.js';
import { hasVectors, listVectors, readData } from './vectors.js';

/** Number of vectors that passed when this was written; fewer means that some are no longer run. */
const FEWEST_PASSED = 260;

/** Allowed differences relative to the element, and to the largest element, since sums cancel digits of small results. */
const RELATIVE = 1e-5;
const OF_LARGEST = 2e-6;

if (!hasVectors()) {
  const howTo = "ONNX's operator vectors are not installed; apt-get install libonnx-testdata enables these tests";
  console.log(howTo);
  it("the engine gives the results of ONNX's operator vectors", (context) => context.skip(howTo));
} else {
  const vectors = [...listVectors()];
  const ours = vectors.filter(({ model }) => usesEngine(model));

  describe("the engine gives the results of ONNX's operator vectors", () => {
    let engine: Engine;
    let passed = 0;
    const skipped = new Map<string, string[]>();

    beforeAll(async () => {
      engine = await openTestEngine();
    });

    afterAll(() => {
      closeTestEngine(engine);
      console.log(summary(passed, skipped, vectors.length - ours.length));
    });

    for (const vector of ours)
      it(vector.name, async (context) => {
        try {
          const missing = missingOperators(vector.model);
          if (missing.length > 0) throw new Unsupported(`operator ${missing[0]}`);
          const wanted = readData(vector, 'output');
          const got = await runModel(engine, vector.model, readData(vector, 'input'));
          expect(got.length).toBe(wanted.length);
          got.forEach((tensor, index) => {
            expectClose(tensor, wanted[index]);
          });
          passed++;
        } catch (error) {
          if (!(error instanceof Unsupported)) throw error;
          skipped.set(error.message, [...(skipped.get(error.message) ?? []), vector.name]);
          context.skip(`the engine does not have: ${error.message}`);
        }
      });

    it('no fewer vectors pass than before', () => {
      expect(passed).toBeGreaterThanOrEqual(FEWEST_PASSED);
    });
  });
}

function expectClose(got: Tensor, wanted: Tensor): void {
  expect(got.type, 'element type').toBe(wanted.type);
  expect(got.shape, 'shape').toEqual(wanted.shape);
  const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  wanted.data.forEach((value, i) => {
    const difference = Math.abs(got.data[i] - value);
    const allowed = got.type === 'float' ? RELATIVE * Math.abs(value) + OF_LARGEST * largest : 0;
    if (!(difference <= allowed))
      expect.fail(
        `element ${i} is ${got.data[i]}, wanted ${value} within ${allowed}, of ${wanted.data.length} elements`,
      );
  });
}

function summary(passed: number, skipped: ReadonlyMap<string, readonly string[]>, others: number): string {
  const reasons = [...skipped].sort(([, a], [, b]) => b.length - a.length);
  const total = reasons.reduce((sum, [, names]) => sum + names.length, 0);
  return [
    `ONNX vectors: ${passed} passed, ${total} skipped (${reasons.map(([reason, names]) => `${reason}: ${names.length}`).join(', ')})`,
    `ONNX vectors of other operators than the engine's: ${others}`,
  ].join('\n');
}
