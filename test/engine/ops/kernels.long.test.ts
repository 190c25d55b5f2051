// Long: every kernel at every sample, with the kernels and variants of every target
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../../src/engine/ops/operations.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { checkSample } from '../support/kernelSuite.js';
import { hasHalf } from '../support/sampleData.js';
import { distinct, targetsOn } from '../support/targets.js';

let engine: Engine;
/** Engines on the same device, with its own kernels and those for other targets. */
let engines: Engine[];
beforeAll(async () => {
  engine = await openTestEngine();
  engines = targetsOn(engine.target).map((target) => new Engine(engine.gpu, { target }));
});
afterAll(() => closeTestEngine(engine));

describe.each(operations.map((operation) => ({ name: operation.name, operation })))(
  'kernels of $name',
  ({ operation }) => {
    it.for(operation.samples.map((sample) => ({ name: sample.name, sample })))(
      'agree with the float64 reference, stay within guard bands and repeat their bits: $name',
      async ({ sample }, context) => {
        if (hasHalf(operation, sample as never) && !engine.target.f16) {
          const why = `${engine.gpu.info.name} has no shader-f16: set NASTRANSFER_ADAPTER=lavapipe`;
          console.warn(`skipped: ${operation.name}, ${sample.name}: ${why}`);
          context.skip(why);
        }
        for (const other of distinct(operation, sample as never, engines)) {
          const label = `for ${JSON.stringify(other.target)}`;
          expect(await checkSample(other, operation, sample as never), label).toEqual([]);
        }
      },
    );
  },
);
