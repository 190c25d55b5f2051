import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../../src/engine/ops/operations.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { checkSample } from '../support/kernelSuite.js';
import { distinct, targetsOn } from '../support/targets.js';

let engine: Engine;
/** Engines on the same device with its own kernels and those that other devices would get. */
let engines: Engine[];
beforeAll(async () => {
  engine = await openTestEngine();
  engines = targetsOn(engine.target).map((target) => new Engine(engine.gpu, { target }));
});
afterAll(() => closeTestEngine(engine));

describe.each(operations.map((operation) => ({ name: operation.name, operation })))(
  'kernels of $name',
  ({ operation }) => {
    it.each(operation.samples.map((sample) => ({ name: sample.name, sample })))(
      'agree with the float64 reference, stay within guard bands and repeat their bits: $name',
      async ({ sample }) => {
        for (const other of distinct(operation, sample as never, engines)) {
          const label = `for ${JSON.stringify(other.target)}`;
          expect(await checkSample(other, operation, sample as never), label).toEqual([]);
        }
      },
    );
  },
);
