import type { Gpu } from '../../../src/engine/device/gpu.js';
import { shaderSources } from '../../../src/engine/kernels/shaderSources.js';
import { operations } from '../../../src/engine/ops/operations.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { targetOf } from '../../../src/engine/runtime/target.js';
import { callsOf } from './calls.js';
import { checkSample } from './kernelSuite.js';
import { samplesFor } from './sampleData.js';
import { distinct, targetsOn } from './targets.js';

/** A change of one character of a shader. */
export interface Mutation {
  readonly shader: string;
  /** Part of the shader's source that occurs once. */
  readonly context: string;
  /** The same part with one character changed. */
  readonly broken: string;
}

/** Samples whose kernels include a shader, with the engines whose targets use it. */
function* uses(shader: string, engines: readonly Engine[]) {
  for (const operation of operations)
    for (const sample of samplesFor(operation, engines[0].target))
      for (const engine of distinct(operation, sample, engines))
        if (callsOf(operation, sample, engine.target).some(({ call }) => call.kernel === shader))
          yield { operation, sample, engine };
}

function enginesOf(gpu: Gpu): Engine[] {
  return targetsOn(targetOf(gpu)).map((target) => new Engine(gpu, { target }));
}

/** Whether any sample runs the shader on this device: kernels for subgroups of eight lanes can't run with four. */
export function runsHere(gpu: Gpu, shader: string): boolean {
  return uses(shader, enginesOf(gpu)).next().done !== true;
}

/**
 * Runs the kernel suite with a broken shader, with the kernels for the device and for other targets.
 * @returns the first problem found; undefined when the suite does not notice the change
 */
export async function whatCatches(gpu: Gpu, { shader, context, broken }: Mutation): Promise<string | undefined> {
  const original = shaderSources[shader];
  const found = original.split(context).length - 1;
  if (found !== 1) throw new Error(`mutation of ${shader}: "${context}" occurs ${found} times, wanted once`);
  const engines = enginesOf(gpu);
  shaderSources[shader] = original.replace(context, () => broken);
  try {
    for (const { operation, sample, engine } of uses(shader, engines)) {
      const problems = await checkSample(engine, operation, sample);
      if (problems.length > 0) return `${operation.name}, ${sample.name}: ${problems[0]}`;
    }
    return undefined;
  } finally {
    shaderSources[shader] = original;
    for (const engine of engines) engine.dispose();
  }
}
