import type { Gpu } from '../../../src/engine/device/gpu.js';
import type { Operation, Sample } from '../../../src/engine/ops/operation.js';
import { operations } from '../../../src/engine/ops/operations.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { shaderSources } from '../../../src/engine/runtime/shaderSources.js';
import { callsOf } from './calls.js';
import { checkSample } from './kernelSuite.js';

/** A change of one character: in the first place where `context` stands, the character `from` at `at` becomes `to`. */
export interface Mutation {
  readonly shader: string;
  /** A piece of the shader's text that occurs once. */
  readonly context: string;
  /** The same piece with one character changed. */
  readonly broken: string;
}

/** Samples whose kernels include a shader. */
export function samplesOf(shader: string, engine: Engine): { operation: Operation; sample: Sample<never> }[] {
  return operations.flatMap((operation) =>
    operation.samples
      .filter((sample) => callsOf(operation, sample as never, engine.target).some(({ call }) => call.kernel === shader))
      .map((sample) => ({ operation, sample: sample as Sample<never> })),
  );
}

/** Runs the kernel suite with a broken shader. @returns the first problem found, or undefined when nothing noticed */
export async function whatCatches(gpu: Gpu, mutation: Mutation): Promise<string | undefined> {
  const original = shaderSources[mutation.shader];
  if (original.split(mutation.context).length !== 2)
    throw new Error(
      `mutation of ${mutation.shader}: "${mutation.context}" stands there ${original.split(mutation.context).length - 1} times, wanted once`,
    );
  const engine = new Engine(gpu);
  shaderSources[mutation.shader] = original.replace(mutation.context, () => mutation.broken);
  try {
    for (const { operation, sample } of samplesOf(mutation.shader, engine)) {
      const problems = await checkSample(engine, operation, sample);
      if (problems.length > 0) return `${operation.name}, ${sample.name}: ${problems[0]}`;
    }
    return undefined;
  } finally {
    shaderSources[mutation.shader] = original;
    engine.dispose();
  }
}
