import type { Value } from './graph.js';
import type { KernelTarget } from './kernelTarget.js';
import type { DType, Layout, ValueType } from './types.js';

/** Attributes of an operation: plain JSON data, so that equal attributes can be recognised. */
// biome-ignore lint/suspicious/noExplicitAny: attribute interfaces have no index signature, so `unknown` would reject them
export type Attributes = Record<string, any>;

/** A value as kernels address it: rows of vec4s, possibly within a larger buffer. */
export interface TensorView {
  readonly type: ValueType;
  /** First vec4 of the value within its binding. */
  readonly offset: number;
  /** vec4s from the start of one row (pixel) to the next. */
  readonly stride: number;
  /** Number of rows (pixels), padding rows included. */
  readonly rows: number;
  /** Number of vec4s that hold the channels of one row. */
  readonly vectors: number;
  /** What a kernel binds to access the value. */
  readonly operand: Operand;
}

/** Memory that a kernel can be bound to: an input, an output or scratch memory of the node. */
export interface Operand {
  readonly kind: 'input' | 'output' | 'scratch';
  readonly index: number;
}

/** Values of a shader's constants by name: numbers, flags and element types. */
export type ShaderConstants = Readonly<Record<string, number | boolean | 'f32' | 'f16'>>;

/** One dispatch: a shader, the values of its constants and uniforms, its bindings and its grid. */
export interface KernelCall {
  /** Path under shaders/ without ".wgsl". */
  readonly kernel: string;
  /** Values that replace those of the shader's top-level `const`s, and element types of its `alias`es. */
  readonly constants?: ShaderConstants;
  /** Values of the fields of the shader's `struct Params`, by name. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Bound operands by the name of the shader's storage variable. */
  readonly bindings: Readonly<Record<string, Operand>>;
  /** Workgroups in x, y and z. */
  readonly grid: readonly [number, number, number];
}

/** Input of `Operation.lower`. */
export interface Lowering<A> {
  readonly inputs: readonly TensorView[];
  readonly outputs: readonly TensorView[];
  readonly attributes: A;
  readonly target: KernelTarget;
  /** For an operation that `assembles`: the inputs that their own kernels write into the output directly. */
  readonly assembled: readonly boolean[];
  /** Requests scratch memory for this node, uninitialised. @param elements 4-byte words */
  scratch(elements: number): Operand;
}

/** Input of `Operation.gradient`. */
export interface GradientContext<A> {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Gradient of each output; undefined where the loss does not depend on it. */
  readonly outputGradients: readonly (Value | undefined)[];
  readonly attributes: A;
  /** The inputs whose gradients are used. */
  readonly needed: readonly boolean[];
}

/** A tensor of the float64 reference, row-major without padding. */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Work of a node. */
export interface Cost {
  /** Multiply-adds of convolutions and matrix products; 0 for other operations, as is usual. */
  readonly multiplyAdds: number;
  /** Bytes read and written at least: every input and output once. */
  readonly bytes: number;
}

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

/**
 * An operation as a record: type inference, kernels, gradient, float64 reference, cost and test samples. See ARCHITECTURE.md for
 * how the parts are used.
 *
 * `Operation`, `Node` and `Value` refer to each other: a gradient function builds graph nodes, and a node holds its operation.
 * This is the one pair of files, with graph.ts, that import each other, for types only.
 */
export interface Operation<A extends Attributes = Attributes> {
  /** For messages and profiles. Operations are distinguished by their records, not by their names. */
  readonly name: string;
  /**
   * Output types from input types.
   * @throws {ShapeError | DTypeError | AttributeError} with got and wanted
   */
  infer(inputs: readonly ValueType[], attributes: A): ValueType[];
  /** The kernel calls that compute the outputs, in order; may be empty. */
  lower(lowering: Lowering<A>): KernelCall[];
  /** Gradients of the inputs as graph values. Absent for operations without a gradient (updates, integer outputs). */
  gradient?(context: GradientContext<A>): (Value | undefined)[];
  /** Computes the outputs in float64. */
  reference(inputs: readonly ReferenceTensor[], attributes: A): Float64Array[];
  cost(inputs: readonly ValueType[], outputs: readonly ValueType[], attributes: A): Cost;
  /** Number of terms of the longest sum in an output element: the tolerance of kernel tests grows with its square root. */
  reductionLength(inputs: readonly ValueType[], attributes: A): number;
  readonly samples: readonly Sample<A>[];
  /** Whether inputs may be f16; other operations reject them. */
  readonly supportsF16?: boolean;
  /**
   * Declares the outputs as views of input 0. The kernels run where the memory layout does not allow all of them to be views.
   * @returns a view for every output
   */
  viewOf?(inputs: readonly ValueType[], attributes: A): readonly ViewOfInput[];
  /**
   * Recognises a node that changes nothing, such as adding zero.
   * @param constants elements of the inputs that are constants; undefined for the others
   * @returns the index of the input that output 0 equals; undefined if there is none
   */
  sameAs?(constants: readonly (ArrayLike<number> | undefined)[], attributes: A): number | undefined;
  /** Inputs may be written into the output directly: side by side along the channels, or at offsets in an arena of variables. */
  assembles?: 'channels' | 'variables';
  /** Makes the operation an update: output i overwrites input inPlace[i], which must be a variable. */
  readonly inPlace?: readonly number[];
}

/** Place of a view within an input. */
export interface ViewOfInput {
  /** Channel of the input at which the view starts. */
  readonly channelOffset: number;
  /** True: all elements with another shape (flatten). */
  readonly reshape: boolean;
}
