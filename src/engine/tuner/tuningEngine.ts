import type { KernelTarget, VariantChoice, VariantTable } from '../graph/kernelTarget.js';
import { choiceKey } from '../ops/record/variants.js';
import { Engine } from '../runtime/engine.js';

/** An engine whose choices between variants can change. Lowering is cached by target, so each table of choices gets a target of its own. */
export class TuningEngine extends Engine {
  declare target: KernelTarget;

  /** Sets the variants that programs use from now on. */
  choose(variants: VariantTable): void {
    this.target = { ...this.target, variants, onChoice: undefined };
  }

  /** The distinct choices that come up while `lower` lowers nodes with the given variants. */
  choicesIn(variants: VariantTable, lower: () => void): VariantChoice[] {
    const found = new Map<string, VariantChoice>();
    this.target = { ...this.target, variants, onChoice: (choice) => found.set(choiceKey(choice), choice) };
    lower();
    return [...found.values()];
  }
}
