import type { KernelTarget, VariantChoice, VariantTable } from '../graph/kernelTarget.js';
import { choiceKey } from '../ops/record/variants.js';

/**
 * The distinct choices that come up while `lower` lowers nodes with the given variants. Lowering is cached by target, so each call
 * makes a target of its own.
 */
export function choicesIn(
  target: KernelTarget,
  variants: VariantTable,
  lower: (target: KernelTarget) => void,
): VariantChoice[] {
  const found = new Map<string, VariantChoice>();
  lower({ ...target, variants, onChoice: (choice) => found.set(choiceKey(choice), choice) });
  return [...found.values()];
}
