import { DTypeError, ShapeError } from '../../errors/errors.js';
import type { Cost, TensorView } from '../../graph/operation.js';
import { type DType, formatType, sameShape, type ValueType, wordsOf } from '../../graph/types.js';

/** Workgroups in x before the grid folds into y: below the 65535 every device allows. */
const FOLD = 32768;

/** The grid of a kernel with one invocation per item: workgroups folded into x and y. */
export function gridOf(items: number, workgroup = 64): [number, number, number] {
  const groups = Math.ceil(items / workgroup);
  return [Math.min(groups, FOLD), Math.ceil(groups / FOLD), 1];
}

/** Uniforms `<name>Offset` and `<name>Stride` of a view. */
export function viewUniforms(name: string, located: TensorView): Record<string, number> {
  return { [`${name}Offset`]: located.offset, [`${name}Stride`]: located.stride };
}

/** The element type that a shader is specialised by for a value. Throws DTypeError where kernels compute no such type. */
export function elementOf(type: ValueType): 'f32' | 'f16' {
  if (type.dtype === 'u32') throw new DTypeError(`a kernel of numbers got ${formatType(type)}, wanted f32 or f16`);
  return type.dtype;
}

/** Element types of values for the bucket of a choice between variants; nothing where all are f32. */
export function elementsText(...values: readonly TensorView[]): string {
  const types = values.map(({ type }) => type.dtype);
  return types.every((dtype) => dtype === 'f32') ? '' : ` ${types.join('-')}`;
}

/** The attribute `dtype` of a result: absent for f32, which every operation has. */
export function resultType(dtype: DType): { dtype?: 'f16' } {
  return dtype === 'f16' ? { dtype } : {};
}

/** Uniforms `rows` and `vectors` of a kernel that goes over every vec4 of a value. */
export function extentUniforms(located: TensorView): Record<string, number> {
  return { rows: located.rows, vectors: located.vectors };
}

/** Cost of an operation that computes no convolution or matrix product: every input read, every output written once. */
export function trafficOnly(inputs: readonly ValueType[], outputs: readonly ValueType[]): Cost {
  const words = [...inputs, ...outputs].reduce((sum, type) => sum + wordsOf(type), 0);
  return { multiplyAdds: 0, bytes: words * 4 };
}

/** Throws ShapeError unless all types have the shape and layout of the first. */
export function checkSameShape(operation: string, types: readonly ValueType[]): void {
  const [first] = types;
  types.forEach((type, index) => {
    if (!sameShape(type.shape, first.shape) || type.dtype !== first.dtype || type.layout !== first.layout)
      throw new ShapeError(
        `${operation}: input ${index} is ${formatType(type)} (${type.layout}), wanted ${formatType(first)} (${first.layout}) like input 0`,
      );
  });
}

/** Throws ShapeError unless a type has one of the ranks. */
export function checkRank(operation: string, argument: string, type: ValueType, ...ranks: number[]): void {
  if (!ranks.includes(type.shape.length))
    throw new ShapeError(`${operation}: ${argument} is ${formatType(type)}, wanted rank ${ranks.join(' or ')}`);
}
