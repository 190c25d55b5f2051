/** A choice in a lowering between kernels, or configurations of one kernel, that compute the same. */
export interface VariantChoice<Name extends string = string> {
  /** What is computed: "conv2d", "conv2dWeightGradient". */
  readonly family: string;
  /** The sizes that decide which is fastest, rounded so that similar sizes share a choice: "1x1 c64-64 r16384". */
  readonly bucket: string;
  /** Names of the applicable variants. The first is the usual one, taken unless a measurement says otherwise. */
  readonly candidates: readonly Name[];
}

/** Choices measured on an adapter: names of variants by `choiceKey`. A `Map` is one. */
export interface VariantTable {
  get(key: string): string | undefined;
}

/** What kernels may rely on and what they are tuned for. */
export interface KernelTarget {
  /** SIMD lanes of a software driver (4 or 8); 0 on a GPU. A barrier takes microseconds on a software driver. */
  readonly softwareLanes: number;
  /** Fewest lanes of a subgroup; absent or 0: shaders may not use subgroups. */
  readonly subgroupLanes?: number;
  /** Shaders may use f16. */
  readonly f16?: boolean;
  /** Choices measured on this adapter; default: the usual variants. */
  readonly variants?: VariantTable;
  /** Called before every choice that a lowering makes. */
  readonly onChoice?: (choice: VariantChoice) => void;
}
