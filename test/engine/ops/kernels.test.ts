import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../../src/engine/ops/operations.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { sameCalls } from '../support/calls.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { checkSample } from '../support/kernelSuite.js';
import { portableTargets } from '../support/targets.js';

let engine: Engine;
/** The same device with the kernels that other devices would get. */
let others: Engine[];
beforeAll(async () => {
  engine = await openTestEngine();
  others = portableTargets.map((target) => new Engine(engine.gpu, { target }));
});
afterAll(() => closeTestEngine(engine));

describe.each(operations.map((operation) => ({ name: operation.name, operation })))(
  'kernels of $name',
  ({ operation }) => {
    it.each(operation.samples.map((sample) => ({ name: sample.name, sample })))(
      'agree with the float64 reference, stay within guard bands and repeat their bits: $name',
      async ({ sample }) => {
        expect(await checkSample(engine, operation, sample as never)).toEqual([]);
        for (const other of others)
          if (!sameCalls(operation, sample as never, engine.target, other.target))
            expect(await checkSample(other, operation, sample as never), `for ${JSON.stringify(other.target)}`).toEqual(
              [],
            );
      },
    );
  },
);
