import type { KernelTarget } from '../../../src/engine/graph/kernelTarget.js';
import type { Operation, Sample } from '../../../src/engine/graph/operation.js';
import { operations } from '../../../src/engine/ops/operations.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { callsOf } from './calls.js';

/** Targets whose kernels run on any device: a real GPU, and a software driver of four lanes. */
export const portableTargets: readonly KernelTarget[] = [{ softwareLanes: 0 }, { softwareLanes: 4 }];

/** A variant table that has one variant for every choice; choices without it keep their first candidate. */
class OneVariant {
  constructor(readonly name: string) {}

  get(): string {
    return this.name;
  }
}

/**
 * The target of a device and those whose kernels run on it as well, each with its default variants and then with every
 * variant that any sample may choose.
 */
export function targetsOn(own: KernelTarget): readonly KernelTarget[] {
  const key = JSON.stringify(own);
  const others = portableTargets.map((target) => ({ ...target, f16: own.f16 }));
  const targets = known.get(key) ?? [own, ...others].flatMap(withVariants);
  known.set(key, targets);
  return targets;
}

const known = new Map<string, readonly KernelTarget[]>();

function withVariants(target: KernelTarget): KernelTarget[] {
  const names = new Set<string>();
  const onChoice: KernelTarget['onChoice'] = ({ candidates }) => {
    for (const name of candidates) names.add(name);
  };
  const recording = { ...target, onChoice };
  for (const operation of operations)
    for (const sample of operation.samples as readonly Sample<never>[]) callsOf(operation, sample, recording);
  return [target, ...[...names].map((name) => ({ ...target, variants: new OneVariant(name) }))];
}

/** The engines for which a sample has other kernel calls than for the engines before. */
export function distinct(operation: Operation, sample: Sample<never>, engines: readonly Engine[]): Engine[] {
  const seen = new Set<string>();
  return engines.filter(({ target }) => {
    const calls = JSON.stringify(callsOf(operation, sample, target).map(({ call }) => call));
    const isNew = !seen.has(calls);
    seen.add(calls);
    return isNew;
  });
}
