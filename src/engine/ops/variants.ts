import type { KernelTarget } from './operation.js';

/** A place in a lowering where several kernels, or shapes of one, compute the same. */
export interface VariantChoice {
  /** What is computed: "conv2d", "conv2dWeightGradient". */
  readonly family: string;
  /** What decides which is fastest, rounded so that near sizes share a choice: "1x1 c64-64 r16384". */
  readonly bucket: string;
  /** Names of the variants that can compute it here; the first is right everywhere and is taken unless measured otherwise. */
  readonly candidates: readonly string[];
}

/** Measured choices of an adapter: names of variants by `choiceKey`. */
export type VariantTable = ReadonlyMap<string, string>;

/** Key of a choice in a table. */
export function choiceKey({ family, bucket }: Pick<VariantChoice, 'family' | 'bucket'>): string {
  return `${family} ${bucket}`;
}

/** The variant that a target takes: the measured one where the table has it and it can run here, else the first. */
export function chooseVariant({ variants, onChoice }: KernelTarget, choice: VariantChoice): string {
  onChoice?.(choice);
  const measured = variants?.get(choiceKey(choice));
  return measured !== undefined && choice.candidates.includes(measured) ? measured : choice.candidates[0];
}

/** A size rounded up to a power of two, for buckets. */
export function bucketSize(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}
