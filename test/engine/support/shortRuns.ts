import type { KernelTarget } from '../../../src/engine/graph/kernelTarget.js';
import type { Operation, Sample } from '../../../src/engine/graph/operation.js';
import { callsOf } from './calls.js';
import { samplesFor } from './sampleData.js';

/** A sample with the kernels for one target. */
export interface Run {
  readonly sample: Sample<never>;
  readonly target: KernelTarget;
  /** Its kernels, each with the kind of its specialisation (names of numeric constants, values of the others). */
  readonly reaches: readonly string[];
}

/**
 * A small set of runs that covers every kernel of an operation in every kind of specialisation that its samples reach for any
 * of the targets (greedy set cover). The first target is that of the device: what it uses is covered with it, and the other
 * targets add the rest.
 */
export function shortRuns(operation: Operation, targets: readonly KernelTarget[]): Run[] {
  const runs = allRuns(operation, targets);
  const own = cover(runs.filter(({ target }) => target === targets[0]));
  return [...own, ...cover(runs, own)];
}

/** Every sample that the first target, that of the device, can run, with the kernels for every target. */
export function allRuns(operation: Operation, targets: readonly KernelTarget[]): Run[] {
  const samples = samplesFor(operation, targets[0]);
  return targets.flatMap((target) =>
    samples.map((sample) => ({ sample, target, reaches: reachedBy(operation, sample, target) })),
  );
}

/** Greedy set cover: runs that reach all kinds not `reached` already, each time the one that adds most. */
function cover(runs: readonly Run[], reached: readonly Run[] = []): Run[] {
  const left = new Set(runs.flatMap(({ reaches }) => reaches));
  for (const run of reached) for (const kind of run.reaches) left.delete(kind);
  const chosen: Run[] = [];
  while (left.size > 0) {
    const adds = ({ reaches }: Run) => reaches.filter((kind) => left.has(kind)).length;
    const best = runs.reduce((a, b) => (adds(b) > adds(a) ? b : a));
    chosen.push(best);
    for (const kind of best.reaches) left.delete(kind);
  }
  return chosen;
}

/** Values of numeric constants are ignored: they are loop counts. Flags and element types change what is computed. */
function reachedBy(operation: Operation, sample: Sample<never>, target: KernelTarget): string[] {
  const kinds = callsOf(operation, sample, target).map(({ call }) => {
    const constants = Object.entries(call.constants ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const kind = constants.map(([name, value]) => (typeof value === 'number' ? name : `${name}=${value}`));
    return [call.kernel, ...kind].join(' ');
  });
  return [...new Set(kinds)];
}
