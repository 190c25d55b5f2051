import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueType } from '../../../../src/engine/graph/types.js';
import { depthwiseConv2dOperation } from '../../../../src/engine/ops/conv/depthwiseConv2d.js';
import { depthwiseSizes } from '../../../../src/engine/ops/conv/depthwiseConv2dGeometry.js';
import {
  depthwiseConv2dInputGradientOperation,
  depthwiseConv2dWeightGradientOperation,
} from '../../../../src/engine/ops/conv/depthwiseConv2dGradients.js';
import { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';
import { checkSample } from '../../support/kernelSuite.js';
import { portableTargets } from '../../support/targets.js';

let engine: Engine;
let engines: Engine[];
beforeAll(async () => {
  engine = await openTestEngine();
  engines = [engine, ...portableTargets.map((target) => new Engine(engine.gpu, { target }))];
});
afterAll(() => closeTestEngine(engine));

const pair = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

const cases = fc
  .record({
    images: fc.integer({ min: 1, max: 3 }),
    vectors: fc.integer({ min: 1, max: 3 }),
    copies: fc.integer({ min: 1, max: 5 }),
    kernel: fc.oneof({ weight: 3, arbitrary: fc.constantFrom([3, 3], [5, 5]) }, { weight: 1, arbitrary: pair(1, 5) }),
    stride: pair(1, 3),
    dilation: pair(1, 3),
    padding: fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5), fc.nat(5)),
    extra: pair(0, 9),
    relu: fc.boolean(),
  })
  .map(({ images, vectors, copies, kernel, stride, dilation, padding, extra, relu }) => {
    const channels = 4 * vectors;
    // At least as large as the kernel, less the padding.
    const [height, width] = [0, 1].map((axis) => {
      const reach = (kernel[axis] - 1) * dilation[axis] + 1;
      return Math.max(1, reach - padding[axis] - padding[axis + 2]) + extra[axis];
    });
    const attributes = { stride, padding, dilation, groups: channels, relu };
    return { x: [images, height, width, channels], w: [...kernel, copies, channels], attributes };
  });

describe('depthwiseConv2d', () => {
  it('and its gradients agree with the float64 definition at any kernel, stride, padding, dilation and copies', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ x, w, attributes }) => {
        const { images, output, outputs } = depthwiseSizes('y', valueType(x), valueType(w), attributes);
        const y = [images, ...output, outputs];
        const gate = attributes.relu ? [{ shape: x }] : [];
        for (const each of engines) {
          const forward = { name: 'y', inputs: [{ shape: x }, { shape: w }], attributes };
          expect(await checkSample(each, depthwiseConv2dOperation, forward as never)).toEqual([]);
          const dx = {
            name: 'dx',
            inputs: [{ shape: y }, { shape: w }, ...gate],
            attributes: { ...attributes, input: x.slice(1, 3) },
          };
          expect(await checkSample(each, depthwiseConv2dInputGradientOperation, dx as never)).toEqual([]);
          const dw = {
            name: 'dw',
            inputs: [{ shape: x }, { shape: y }],
            attributes: { ...attributes, kernel: w.slice(0, 2) },
          };
          expect(await checkSample(each, depthwiseConv2dWeightGradientOperation, dw as never)).toEqual([]);
        }
      }),
      { numRuns: 30, seed: 20240607 },
    );
  });
});
