import { DTypeError, ShapeError } from '../../errors/errors.js';
import type { Cost, TensorView } from '../../graph/operation.js';
import { type DType, formatType, sameShape, type ValueType, wordsOf } from '../../graph/types.js';

/** Most workgroups in x; further ones go into y. Every device allows 65535 in each. */
const FOLD = 32768;

/**
 * The grid of a kernel with one invocation per item: workgroups in x, and beyond 32768 in y too. The kernel computes its item
 * as `id.y * groups.x * WORKGROUP + id.x` and returns where that is not below the number of items.
 */
export function gridOf(items: number, workgroup = 64): [number, number, number] {
  const groups = Math.ceil(items / workgroup);
  return [Math.min(groups, FOLD), Math.ceil(groups / FOLD), 1];
}

/** Uniforms `<name>Offset` and `<name>Stride` of a view, in vec4s. */
export function viewUniforms(name: string, view: TensorView): Record<string, number> {
  return { [`${name}Offset`]: view.offset, [`${name}Stride`]: view.stride };
}

/** Value of a shader's `alias` for the element type of a tensor. @throws {DTypeError} when the type is u32 */
export function elementOf(type: ValueType): 'f32' | 'f16' {
  if (type.dtype === 'u32') throw new DTypeError(`kernel argument is ${formatType(type)}, wanted f32 or f16`);
  return type.dtype;
}

/** Element types of values, for the bucket of a choice between variants; empty where all are f32. */
export function elementsText(...values: readonly TensorView[]): string {
  const types = values.map(({ type }) => type.dtype);
  return types.every((dtype) => dtype === 'f32') ? '' : ` ${types.join('-')}`;
}

/** The attribute `dtype` of an operation's result; absent for f32, the default. */
export function resultType(dtype: DType): { dtype?: 'f16' } {
  return dtype === 'f16' ? { dtype } : {};
}

/** Uniforms `rows` and `vectors` of a kernel with one invocation per vec4 of a value. */
export function extentUniforms(view: TensorView): Record<string, number> {
  return { rows: view.rows, vectors: view.vectors };
}

/** Cost of an operation that is no convolution or matrix product: every input read once, every output written once. */
export function trafficOnly(inputs: readonly ValueType[], outputs: readonly ValueType[]): Cost {
  const words = [...inputs, ...outputs].reduce((sum, type) => sum + wordsOf(type), 0);
  return { multiplyAdds: 0, bytes: words * 4 };
}

/** @throws {ShapeError} when shape, element type or layout of a type differ from those of the first */
export function checkSameShape(operation: string, types: readonly ValueType[]): void {
  const [first] = types;
  types.forEach((type, index) => {
    if (!sameShape(type.shape, first.shape) || type.dtype !== first.dtype || type.layout !== first.layout)
      throw new ShapeError(
        `${operation}: input ${index} is ${formatType(type)} (${type.layout}), wanted ${formatType(first)} (${first.layout}) like input 0`,
      );
  });
}

/** @throws {ShapeError} when the rank of a type is none of `ranks` */
export function checkRank(operation: string, argument: string, type: ValueType, ...ranks: number[]): void {
  if (!ranks.includes(type.shape.length))
    throw new ShapeError(`${operation}: ${argument} is ${formatType(type)}, wanted rank ${ranks.join(' or ')}`);
}
