import type { KernelTarget, VariantChoice } from '../../src/engine/graph/kernelTarget.js';
import { choiceKey } from '../../src/engine/ops/record/variants.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { prepareOperation } from './program.js';
import type { OperationWorkload } from './workloads.js';

/** A target that takes one variant of a choice wherever the choice comes up, and the usual one elsewhere. */
export interface Alternative {
  /** "conv2d 3x3 c16-16: tiled". */
  readonly name: string;
  readonly target: KernelTarget;
}

/**
 * Every variant that could compute a workload and isn't what the engine takes, one choice changed at a time.
 * @param known keys of choices that are left out; those found are added
 */
export async function alternativesOf(
  engine: Engine,
  workload: OperationWorkload,
  known: Set<string>,
): Promise<Alternative[]> {
  const choices = new Map<string, VariantChoice>();
  const { variants } = engine.target;
  const recorder = new Engine(engine.gpu, {
    target: { ...engine.target, onChoice: (choice) => choices.set(choiceKey(choice), choice) },
  });
  (await prepareOperation(recorder, workload)).dispose();
  recorder.dispose();
  return [...choices].flatMap(([key, { candidates }]) => {
    if (known.has(key)) return [];
    known.add(key);
    const taken = candidates.find((candidate) => candidate === variants?.get(key)) ?? candidates[0];
    return candidates
      .filter((candidate) => candidate !== taken)
      .map((candidate) => ({
        name: `${key}: ${candidate}`,
        target: {
          ...engine.target,
          variants: { get: (other: string) => (other === key ? candidate : variants?.get(other)) },
        },
      }));
  });
}
