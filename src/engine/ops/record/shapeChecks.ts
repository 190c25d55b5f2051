import { AttributeError, ShapeError } from '../../errors/errors.js';
import { type DType, formatType, sameShape, type ValueType } from '../../graph/types.js';
import { checkFloat, checkInteger } from './checks.js';

/**
 * @throws {DTypeError} when the element type is not `dtype` (f16 passes for f32)
 * @throws {ShapeError} when the shape is not `wanted`
 */
export function checkShape(
  operation: string,
  argument: string,
  type: ValueType,
  wanted: readonly number[],
  dtype: DType = 'f32',
): void {
  if (dtype === 'f32') checkFloat(operation, argument, type);
  else checkInteger(operation, argument, type);
  if (!sameShape(type.shape, wanted))
    throw new ShapeError(`${operation}: ${argument} is ${formatType(type)}, wanted ${dtype}[${wanted.join(', ')}]`);
}

/** @throws {DTypeError | ShapeError} when a type is not a scalar of the element type */
export function checkScalar(operation: string, argument: string, type: ValueType, dtype: DType = 'f32'): void {
  checkShape(operation, argument, type, [], dtype);
}

/** Checks variable sets read whole. @throws {DTypeError | ShapeError} when the types are not f32 [size] of one size */
export function checkFlat(operation: string, types: Readonly<Record<string, ValueType>>): void {
  const first = Object.values(types)[0];
  for (const [argument, type] of Object.entries(types)) {
    checkFloat(operation, argument, type);
    if (type.shape.length !== 1 || type.shape[0] !== first.shape[0])
      throw new ShapeError(`${operation}: ${argument} is ${formatType(type)}, wanted f32[${first.shape[0] ?? 'size'}]`);
  }
}

/** @throws {ShapeError} when a type is not in layout rows */
export function checkRows(operation: string, argument: string, type: ValueType): void {
  if (type.layout !== 'rows')
    throw new ShapeError(
      `${operation}: ${argument} is ${formatType(type)} in layout ${type.layout}, wanted layout rows`,
    );
}

/** @throws {DTypeError | ShapeError} when a type is not u32 of rank 1 */
export function checkIntegerList(operation: string, argument: string, type: ValueType): void {
  checkInteger(operation, argument, type);
  if (type.shape.length !== 1) throw new ShapeError(`${operation}: ${argument} is ${formatType(type)}, wanted rank 1`);
}

/** @throws {AttributeError} when a seed is not an unsigned 32-bit integer */
export function checkSeed(operation: string, seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new AttributeError(`${operation}: seed is ${seed}, wanted an integer from 0 to 2^32 - 1`);
}
