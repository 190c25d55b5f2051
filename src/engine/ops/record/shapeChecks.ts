import { AttributeError, ShapeError } from '../../errors/errors.js';
import { type DType, formatType, sameShape, type ValueType } from '../../graph/types.js';
import { checkFloat, checkInteger } from './checks.js';

/** Throws DTypeError unless a type has the element type wanted, ShapeError unless it has the shape. */
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

/** Throws unless a type is a scalar. */
export function checkScalar(operation: string, argument: string, type: ValueType, dtype: DType = 'f32'): void {
  checkShape(operation, argument, type, [], dtype);
}

/** Throws unless all are rank-1 values of one length: sets of variables, flat. */
export function checkFlat(operation: string, types: Readonly<Record<string, ValueType>>): void {
  const first = Object.values(types)[0];
  for (const [argument, type] of Object.entries(types)) {
    checkFloat(operation, argument, type);
    if (type.shape.length !== 1 || type.shape[0] !== first.shape[0])
      throw new ShapeError(`${operation}: ${argument} is ${formatType(type)}, wanted f32[${first.shape[0] ?? 'size'}]`);
  }
}

/** Throws ShapeError unless a type is in the layout of activations. */
export function checkRows(operation: string, argument: string, type: ValueType): void {
  if (type.layout !== 'rows')
    throw new ShapeError(
      `${operation}: ${argument} is ${formatType(type)} in layout ${type.layout}, wanted layout rows`,
    );
}

/** Throws unless a type is a list of unsigned integers. */
export function checkIntegerList(operation: string, argument: string, type: ValueType): void {
  checkInteger(operation, argument, type);
  if (type.shape.length !== 1) throw new ShapeError(`${operation}: ${argument} is ${formatType(type)}, wanted rank 1`);
}

/** Throws AttributeError unless a seed is an unsigned 32-bit integer. */
export function checkSeed(operation: string, seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new AttributeError(`${operation}: seed is ${seed}, wanted an integer from 0 to 2^32 - 1`);
}
