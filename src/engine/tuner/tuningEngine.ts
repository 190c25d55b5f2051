import type { KernelTarget, VariantChoice, VariantTable } from '../graph/kernelTarget.js';
import { choiceKey } from '../ops/record/variants.js';
import { Engine } from '../runtime/engine.js';

/** An engine whose choices between variants change. What a target got once it gets again, so each table has one of its own. */
export class TuningEngine extends Engine {
  declare target: KernelTarget;

  /** From now on programs take these variants. */
  choose(variants: VariantTable): void {
    this.target = { ...this.target, variants, onChoice: undefined };
  }

  /** The different choices that come up while `lower` lowers with some variants. */
  choicesIn(variants: VariantTable, lower: () => void): VariantChoice[] {
    const found = new Map<string, VariantChoice>();
    this.target = { ...this.target, variants, onChoice: (choice) => found.set(choiceKey(choice), choice) };
    lower();
    return [...found.values()];
  }
}
