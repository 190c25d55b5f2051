/** A place in a lowering where several kernels, or shapes of one, compute the same. */
export interface VariantChoice<Name extends string = string> {
  /** What is computed: "conv2d", "conv2dWeightGradient". */
  readonly family: string;
  /** What decides which is fastest, rounded so that near sizes share a choice: "1x1 c64-64 r16384". */
  readonly bucket: string;
  /** Names of the variants that can compute it here; the first is right everywhere and is taken unless measured otherwise. */
  readonly candidates: readonly Name[];
}

/** Choices of an adapter, measured: names of variants by `choiceKey`; a map, or whatever else answers. */
export interface VariantTable {
  get(key: string): string | undefined;
}

/** What kernels may count on, and what they should be shaped for. */
export interface KernelTarget {
  /** Lanes of a software driver (4 or 8), or 0 on a real GPU. Software drivers pay microseconds for a barrier. */
  readonly softwareLanes: number;
  /** Fewest lanes of a subgroup where shaders may use subgroups; absent or 0: they may not. */
  readonly subgroupLanes?: number;
  /** Shaders may use f16. */
  readonly f16?: boolean;
  /** Choices between variants of kernels that were measured on this adapter; absent: the first of each. */
  readonly variants?: VariantTable;
  /** Told of every choice that a lowering makes, before it is made. */
  readonly onChoice?: (choice: VariantChoice) => void;
}
