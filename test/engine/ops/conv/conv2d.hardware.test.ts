import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../../../src/engine/device/node/index.js';
import type { Operation } from '../../../../src/engine/graph/operation.js';
import { conv2dOperation } from '../../../../src/engine/ops/conv/conv2d.js';
import {
  conv2dInputGradientOperation,
  conv2dWeightGradientOperation,
} from '../../../../src/engine/ops/conv/conv2dGradients.js';
import { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine } from '../../support/device.js';
import { checkSample } from '../../support/kernelSuite.js';

/** An engine that uses the kernels for real GPUs on any device. */
class HardwareEngine extends Engine {
  override readonly target = { softwareLanes: 0 };
}

let engine: Engine;
beforeAll(async () => {
  engine = new HardwareEngine(await open());
});
afterAll(() => closeTestEngine(engine));

const shapes = ['3x3, padded', '3x3 of stride 2', '1x1', 'groups of vec4s', 'depthwise 3x3'];
const operations = [conv2dOperation, conv2dInputGradientOperation, conv2dWeightGradientOperation] as Operation[];

describe('the kernels that convolutions take on a real GPU', () => {
  it.each(
    operations.flatMap((operation) =>
      operation.samples
        .filter(({ name }) => shapes.includes(name))
        .map((sample) => ({ name: operation.name, sample: sample.name, operation, data: sample })),
    ),
  )('agree with the float64 reference too: $name, $sample', async ({ operation, data }) => {
    expect(await checkSample(engine, operation, data as never)).toEqual([]);
  });
});
