import type { Attributes, Operation, Sample } from '../../../src/engine/graph/operation.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { callsOf } from './calls.js';
import { racesOfDispatch } from './dispatchRaces.js';
import { gradientError } from './gradientCheck.js';
import { checkSample } from './kernelSuite.js';
import { samplesFor } from './sampleData.js';
import { distinct, portableTargets } from './targets.js';

/** Largest difference between a gradient and central differences, relative to the largest gradient. */
const MAX_GRADIENT_ERROR = 1e-6;

/**
 * Checks an operation that is not in the list of the engine's operations as those are checked. At each of its samples:
 * every kernel, for the device and for other targets, against the float64 reference, as strided views between guard bands,
 * twice with equal bits; interpreted, for data races; and the gradient graph in float64 against central differences.
 * @returns one text per problem
 */
export async function problemsOf<A extends Attributes>(engine: Engine, record: Operation<A>): Promise<string[]> {
  const operation = record as unknown as Operation;
  const problems: string[] = [];
  const note = (sample: Sample<never>, found: readonly string[]) =>
    problems.push(...found.map((problem) => `${operation.name}, ${sample.name}: ${problem}`));
  const samples = samplesFor(operation, engine.target);
  if (samples.length === 0) problems.push(`${operation.name}: no sample that this device can run`);
  const engines = [engine.target, ...portableTargets].map((target) => new Engine(engine.gpu, { target }));
  try {
    for (const sample of samples) {
      if (callsOf(operation, sample, engine.target).length === 0) note(sample, ['no kernel call']);
      for (const each of distinct(operation, sample, engines)) note(sample, await checkSample(each, operation, sample));
      note(sample, racesIn(operation, sample, engines));
      if (!operation.gradient || sample.smooth === false) continue;
      const error = gradientError(operation, sample);
      if (!(error <= MAX_GRADIENT_ERROR))
        note(sample, [`gradient differs by ${error} from central differences, wanted at most ${MAX_GRADIENT_ERROR}`]);
    }
  } finally {
    for (const each of engines) each.dispose();
  }
  return problems;
}

/** Data races of a sample's kernel calls for each target, and errors of the interpreter. */
function racesIn(operation: Operation, sample: Sample<never>, engines: readonly Engine[]): string[] {
  return distinct(operation, sample, engines).flatMap(({ target }) =>
    callsOf(operation, sample, target).flatMap((dispatch) => {
      try {
        const { races, errors } = racesOfDispatch(dispatch);
        return [...errors, ...races].map((problem) => `${dispatch.call.kernel}: ${problem}`);
      } catch (error) {
        return [`${dispatch.call.kernel}: interpreting it failed: ${error}`];
      }
    }),
  );
}
