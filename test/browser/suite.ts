import { operations } from '../../src/engine/ops/operations.js';
import { tolerance } from '../../src/engine/ops/record/tolerance.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import { runGuarded } from '../engine/support/guardedRun.js';
import { checkSample } from '../engine/support/kernelSuite.js';
import { inputType, sampleInputs, samplesFor } from '../engine/support/sampleData.js';
import { trainTiny } from '../nas/training/trainingRun.js';

export interface SuiteResult {
  /** Failures of the kernel suite, by "operation: sample". */
  readonly problems: Record<string, string[]>;
  /** Outputs of every sample and how far two devices may differ there. */
  readonly outputs: Record<string, { readonly values: number[]; readonly allowed: number }[]>;
  /** Training losses of ten steps. */
  readonly losses: number[];
}

/** The kernel suite and ten steps of training on an open device: the same code in Node and in a browser. */
export async function runSuite(engine: Engine): Promise<SuiteResult> {
  const problems: SuiteResult['problems'] = {};
  const outputs: SuiteResult['outputs'] = {};
  for (const operation of operations)
    for (const sample of samplesFor(operation, engine.target)) {
      const name = `${operation.name}: ${sample.name}`;
      const found = await checkSample(engine, operation, sample);
      if (found.length > 0) problems[name] = found;
      const data = sampleInputs(operation, sample);
      const length = operation.reductionLength(sample.inputs.map(inputType), sample.attributes);
      const run = await runGuarded(engine, operation, sample, data, false);
      outputs[name] = run.outputs.map((values) => ({ values: Array.from(values), allowed: tolerance(length, values) }));
    }
  // 16 images in batches of 16: an epoch is a step.
  const { losses } = await trainTiny(engine, { images: 16, epochs: 10 });
  return { problems, outputs, losses };
}
