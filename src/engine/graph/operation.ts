import type { Value } from './graph.js';
import type { KernelTarget } from './kernelTarget.js';
import type { DType, Layout, ValueType } from './types.js';

/** Attributes are plain data (numbers, strings, lists), so that equal operations can be recognised. */
// biome-ignore lint/suspicious/noExplicitAny: attribute interfaces have no index signature, so `unknown` would reject them
export type Attributes = Record<string, any>;

/** A value as a kernel sees it: rows of vec4s, possibly inside a larger buffer (a view). */
export interface TensorView {
  readonly type: ValueType;
  /** First vec4 of the value within its binding. */
  readonly offset: number;
  /** vec4s from one row (pixel) to the next. */
  readonly stride: number;
  /** Rows (pixels), padding rows included. */
  readonly rows: number;
  /** vec4s that hold the channels of one row. */
  readonly vectors: number;
  /** What a binding refers to. */
  readonly operand: Operand;
}

/** Something a kernel can be bound to: an input, an output or scratch memory of the node. */
export interface Operand {
  readonly kind: 'input' | 'output' | 'scratch';
  readonly index: number;
}

/** Values of a shader's constants by name: numbers, flags and element types. */
export type ShaderConstants = Readonly<Record<string, number | boolean | 'f32' | 'f16'>>;

/** One dispatch: a file of shaders/, the values of its constants and uniforms, and what is bound to its variables. */
export interface KernelCall {
  /** Path under shaders/ without ".wgsl". */
  readonly kernel: string;
  /** New values of top-level `const`s of the shader, and element types of its `alias`es. */
  readonly constants?: ShaderConstants;
  /** Values of the fields of the shader's `struct Params`, by name. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Bound operands by the name of the shader's storage variable. */
  readonly bindings: Readonly<Record<string, Operand>>;
  /** Workgroups in x, y and z. */
  readonly grid: readonly [number, number, number];
}

export interface Lowering<A> {
  readonly inputs: readonly TensorView[];
  readonly outputs: readonly TensorView[];
  readonly attributes: A;
  readonly target: KernelTarget;
  /** For an operation that `assembles`: which inputs were already written into the output by their own kernels. */
  readonly assembled: readonly boolean[];
  /** Memory that lives for this node alone; contents undefined. */
  scratch(elements: number): Operand;
}

export interface GradientContext<A> {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Gradient of each output, undefined where none flows. */
  readonly outputGradients: readonly (Value | undefined)[];
  readonly attributes: A;
  /** Which inputs' gradients are wanted. */
  readonly needed: readonly boolean[];
}

/** A tensor of the float64 reference: row-major, without padding. Integers are exact. */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface Cost {
  /** Multiply-adds of convolutions and matrix products; 0 for everything else (the usual way of counting). */
  readonly multiplyAdds: number;
  /** Least bytes read and written. */
  readonly bytes: number;
}

/** How a test fills an input: normal numbers, small integers (ties), positive numbers, class labels, 0/1 flags, given numbers. */
export type SampleFill =
  | 'normal'
  | 'ties'
  | 'positive'
  | 'unit'
  | { readonly integersBelow: number }
  | { readonly values: readonly number[] };

export interface SampleInput {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly layout?: Layout;
  readonly fill?: SampleFill;
}

/** Shapes and attributes at which tests and benchmarks exercise an operation. */
export interface Sample<A> {
  readonly name: string;
  readonly inputs: readonly SampleInput[];
  readonly attributes: A;
  /** False where the derivative does not exist at the sample (ties), so that finite differences mean nothing. */
  readonly smooth?: boolean;
}

/** Everything known of an operation; see ARCHITECTURE.md for how the parts are used. */
export interface Operation<A extends Attributes = Attributes> {
  readonly name: string;
  /** Output types from input types; throws ShapeError, DTypeError or AttributeError with got and wanted. */
  infer(inputs: readonly ValueType[], attributes: A): ValueType[];
  /** The kernels that compute the outputs, in order. An empty list: nothing to do. */
  lower(lowering: Lowering<A>): KernelCall[];
  /** Gradients of the inputs as graph nodes; absent where the operation has none (updates, integer outputs). */
  gradient?(context: GradientContext<A>): (Value | undefined)[];
  /** The same in float64. */
  reference(inputs: readonly ReferenceTensor[], attributes: A): Float64Array[];
  cost(inputs: readonly ValueType[], outputs: readonly ValueType[], attributes: A): Cost;
  /** Longest sum that goes into one output element: the tolerance of the kernel tests grows with its root. */
  reductionLength(inputs: readonly ValueType[], attributes: A): number;
  readonly samples: readonly Sample<A>[];
  /** Takes f16 values too; other operations reject them. */
  readonly supportsF16?: boolean;
  /**
   * The outputs are views: where the rows of each lie within input 0. Falls back to the kernels where views can't express
   * all of them.
   */
  viewOf?(inputs: readonly ValueType[], attributes: A): readonly ViewOfInput[];
  /**
   * The input that output 0 is equal to; undefined where it is equal to none.
   * @param constants elements of the inputs that are constants, undefined for the others
   */
  sameAs?(constants: readonly (ArrayLike<number> | undefined)[], attributes: A): number | undefined;
  /** The inputs can be written straight into the output: channel (vec4) or element offsets of each. */
  assembles?: 'channels' | 'variables';
  /** Output i is written over input inPlace[i], which must be a variable: an update. */
  readonly inPlace?: readonly number[];
}

export interface ViewOfInput {
  /** Channel of the input at which the view starts. */
  readonly channelOffset: number;
  /** True: all elements in one run, with other dimensions (flatten). */
  readonly reshape: boolean;
}
