import type { KernelTarget } from './kernelTarget.js';
import type { ValueType } from './types.js';

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

/** Place of a view within an input. */
export interface ViewOfInput {
  /** Channel of the input at which the view starts. */
  readonly channelOffset: number;
  /** True: all elements with another shape (flatten). */
  readonly reshape: boolean;
}

/** Work of a node. */
export interface Cost {
  /** Multiply-adds of convolutions and matrix products; 0 for other operations, as is usual. */
  readonly multiplyAdds: number;
  /** Bytes read and written at least: every input and output once. */
  readonly bytes: number;
}
