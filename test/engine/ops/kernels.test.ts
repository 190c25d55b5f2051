import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../../src/engine/ops/operations.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { checkSample } from '../support/kernelSuite.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe.each(operations.map((operation) => ({ name: operation.name, operation })))(
  'kernels of $name',
  ({ operation }) => {
    it.each(operation.samples.map((sample) => ({ name: sample.name, sample })))(
      'agree with the float64 reference, stay within guard bands and repeat their bits: $name',
      async ({ sample }) => {
        expect(await checkSample(engine, operation, sample as never)).toEqual([]);
      },
    );
  },
);
