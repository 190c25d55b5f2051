import type { DType, Layout } from './types.js';

/**
 * How a test fills an input: normal numbers, small integers (ties), positive numbers, numbers in [0, 1), integers below a bound
 * (labels, flags), given numbers.
 */
export type SampleFill =
  | 'normal'
  | 'ties'
  | 'positive'
  | 'unit'
  | { readonly integersBelow: number }
  | { readonly values: readonly number[] };

/** Type and contents of one input of a `Sample`. */
export interface SampleInput {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly layout?: Layout;
  readonly fill?: SampleFill;
}

/** Inputs and attributes with which tests and benchmarks run an operation. */
export interface Sample<A> {
  readonly name: string;
  readonly inputs: readonly SampleInput[];
  readonly attributes: A;
  /** False where the function is not differentiable at the sample (ties), so that finite differences are not compared. */
  readonly smooth?: boolean;
}

/** A tensor of the float64 reference, row-major without padding. */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}
