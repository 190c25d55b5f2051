import type { KernelTarget, VariantChoice } from '../../graph/kernelTarget.js';

/** Key of a choice in a table. */
export function choiceKey({ family, bucket }: Pick<VariantChoice, 'family' | 'bucket'>): string {
  return `${family} ${bucket}`;
}

/** The variant that a target takes: the measured one where the table has it and it can run here, else the first. */
export function chooseVariant<Name extends string>(target: KernelTarget, choice: VariantChoice<Name>): Name {
  target.onChoice?.(choice);
  const measured = target.variants?.get(choiceKey(choice));
  return choice.candidates.find((name) => name === measured) ?? choice.candidates[0];
}

/** Names of variants with the first choice before the others. */
export function firstChoice<Name extends string>(first: Name, names: readonly Name[]): Name[] {
  return [first, ...names.filter((name) => name !== first)];
}

/** Whether subgroups of a target have some number of lanes or more. */
export function hasSubgroups({ softwareLanes, subgroupLanes }: KernelTarget, lanes: number): boolean {
  return (subgroupLanes ?? (softwareLanes === 8 ? 8 : 0)) >= lanes;
}

/** A size rounded up to a power of two, for buckets. */
export function bucketSize(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}
