import type { KernelTarget, VariantChoice } from '../../graph/kernelTarget.js';

/** Key of a choice in a `VariantTable`. */
export function choiceKey({ family, bucket }: Pick<VariantChoice, 'family' | 'bucket'>): string {
  return `${family} ${bucket}`;
}

/** The variant to use: the one in the target's table where it is a candidate, else the first candidate. */
export function chooseVariant<Name extends string>(target: KernelTarget, choice: VariantChoice<Name>): Name {
  target.onChoice?.(choice);
  const measured = target.variants?.get(choiceKey(choice));
  return choice.candidates.find((name) => name === measured) ?? choice.candidates[0];
}

/** The names, with the default choice moved to the front. */
export function firstChoice<Name extends string>(first: Name, names: readonly Name[]): Name[] {
  return [first, ...names.filter((name) => name !== first)];
}

/** Whether the target's shaders may use subgroups of at least some number of lanes. */
export function hasSubgroups({ softwareLanes, subgroupLanes }: KernelTarget, lanes: number): boolean {
  return (subgroupLanes ?? (softwareLanes === 8 ? 8 : 0)) >= lanes;
}

/** A size rounded up to a power of two, so that similar sizes share a bucket. */
export function bucketSize(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}
