import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KernelTarget } from '../../../src/engine/graph/kernelTarget.js';
import { operations } from '../../../src/engine/ops/operations.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { checkSample } from '../support/kernelSuite.js';
import { hasHalf } from '../support/sampleData.js';
import { shortRuns } from '../support/shortRuns.js';
import { targetsOn } from '../support/targets.js';

// Every sample with the kernels of every target: kernels.long.test.ts.
let engine: Engine;
/** One engine for each target on the same device, so that pipelines are built once. */
let engines: Map<KernelTarget, Engine>;
beforeAll(async () => {
  engine = await openTestEngine();
  engines = new Map(targetsOn(engine.target).map((target) => [target, new Engine(engine.gpu, { target })]));
});
afterAll(() => closeTestEngine(engine));

describe('kernels agree with the float64 reference, stay within guard bands and repeat their bits, each at a sample:', () => {
  it.for(operations.map((operation) => ({ name: operation.name, operation })))(
    'those of $name',
    async ({ operation }, context) => {
      const halves = operation.samples.filter((sample) => hasHalf(operation, sample as never));
      if (halves.length > 0 && !engine.target.f16) {
        const why = `${engine.gpu.info.name} has no shader-f16: set NASTRANSFER_ADAPTER=lavapipe`;
        console.warn(`skipped: ${operation.name} on f16: ${why}`);
        if (halves.length === operation.samples.length) context.skip(why);
      }
      const runs = shortRuns(operation, [...engines.keys()]);
      expect(runs).not.toEqual([]);
      for (const { sample, target } of runs) {
        const label = `${sample.name}, for ${JSON.stringify(target)}`;
        expect(await checkSample(engines.get(target) as Engine, operation, sample), label).toEqual([]);
      }
    },
  );
});
