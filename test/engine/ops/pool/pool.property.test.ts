import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NasTransferError } from '../../../../src/engine/errors/errors.js';
import type { Operation, Sample } from '../../../../src/engine/graph/operation.js';
import { valueType } from '../../../../src/engine/graph/types.js';
import { averagePoolGradientOperation, averagePoolOperation } from '../../../../src/engine/ops/pool/averagePool.js';
import { maxPoolGradientOperation, maxPoolOperation } from '../../../../src/engine/ops/pool/maxPool.js';
import { type PoolAttributes, poolOutput } from '../../../../src/engine/ops/pool/poolGeometry.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';
import { gradientError } from '../../support/gradientCheck.js';
import { checkSample } from '../../support/kernelSuite.js';

interface Case {
  readonly shape: readonly [number, number, number, number];
  readonly attributes: PoolAttributes;
  readonly countPadding: boolean;
}

const pair = (least: number, most: number) =>
  fc.array(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 2 });

/** Valid poolings: windows that fit, none of which holds only padding. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 6 }),
    ),
    attributes: fc
      .record({
        kernel: pair(1, 3),
        stride: pair(1, 3),
        padding: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
        dilation: pair(1, 2),
        ceil: fc.boolean(),
        common: fc.boolean(),
      })
      // Half of them square windows without dilation, which have specialised kernels.
      .map(({ common, ...windows }) =>
        common
          ? {
              ...windows,
              kernel: [Math.max(2, windows.kernel[0]), Math.max(2, windows.kernel[0])],
              stride: [Math.min(2, windows.stride[0]), Math.min(2, windows.stride[0])],
              dilation: [1, 1],
            }
          : windows,
      ),
    countPadding: fc.boolean(),
  })
  .filter(({ shape, attributes }) => {
    try {
      poolOutput('pool', valueType(shape), attributes);
      return true;
    } catch (error) {
      if (error instanceof NasTransferError) return false;
      throw error;
    }
  });

// Each kind of window is another pipeline, which software drivers take long to build.
const RUNS = 25;
const settings = { numRuns: RUNS, seed: 5, endOnFailure: true };

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Problems of the kernels of an operation at a sample, and of its gradient. */
async function problemsOf(operation: Operation<never>, sample: Sample<unknown>): Promise<string[]> {
  const problems = await checkSample(engine, operation as never, sample as never);
  if (!operation.gradient) return problems;
  const error = gradientError(operation as never, sample as never);
  return error < 1e-6 ? problems : [...problems, `gradient off by ${error}`];
}

describe('pooling with any windows', () => {
  it('has the maxima and gradients of the reference', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, attributes }) => {
        const y = poolOutput('pool', valueType(shape), attributes);
        const words = y.shape[0] * y.shape[1] * y.shape[2] * Math.ceil(y.shape[3] / 4);
        const taps = attributes.kernel[0] * attributes.kernel[1];
        expect(await problemsOf(maxPoolOperation as never, { name: 'drawn', inputs: [{ shape }], attributes })).toEqual(
          [],
        );
        expect(
          await problemsOf(maxPoolGradientOperation as never, {
            name: 'drawn',
            inputs: [{ shape: y.shape }, { shape: [words], dtype: 'u32', fill: { integersBelow: taps } }],
            attributes: { ...attributes, inputShape: shape },
          }),
        ).toEqual([]);
      }),
      settings,
    );
  });

  it('has the means and gradients of the reference', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, attributes: windows, countPadding }) => {
        const attributes = { ...windows, countPadding };
        const y = poolOutput('pool', valueType(shape), attributes);
        expect(
          await problemsOf(averagePoolOperation as never, { name: 'drawn', inputs: [{ shape }], attributes }),
        ).toEqual([]);
        expect(
          await problemsOf(averagePoolGradientOperation as never, {
            name: 'drawn',
            inputs: [{ shape: y.shape }],
            attributes: { ...attributes, inputShape: shape },
          }),
        ).toEqual([]);
      }),
      settings,
    );
  });

  it('has the mean of a constant equal to that constant where padding is excluded', () => {
    fc.assert(
      fc.property(cases, ({ shape, attributes }) => {
        const x = { shape, data: new Float64Array(shape.reduce((size, extent) => size * extent, 1)).fill(3) };
        const [y] = averagePoolOperation.reference([x], { ...attributes, countPadding: false });
        for (const value of y) expect(value).toBeCloseTo(3, 12);
      }),
      { ...settings, numRuns: 200 },
    );
  });
});
