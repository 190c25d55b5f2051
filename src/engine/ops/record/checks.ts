import { AttributeError, DTypeError } from '../../errors/errors.js';
import { formatType, type ValueType } from '../../graph/types.js';

/** Throws DTypeError unless the elements are floating-point numbers; f16 reaches only operations that take it. */
export function checkFloat(operation: string, argument: string, type: ValueType): void {
  if (type.dtype === 'u32') throw new DTypeError(`${operation}: ${argument} is ${formatType(type)}, wanted f32`);
}

/** Throws DTypeError unless the elements are unsigned integers. */
export function checkInteger(operation: string, argument: string, type: ValueType): void {
  if (type.dtype !== 'u32') throw new DTypeError(`${operation}: ${argument} is ${formatType(type)}, wanted u32`);
}

/** Throws AttributeError unless lowest <= value <= highest. */
export function checkRange(
  operation: string,
  attribute: string,
  value: number,
  lowest: number,
  highest = Number.MAX_VALUE,
): void {
  if (!(value >= lowest && value <= highest))
    throw new AttributeError(
      `${operation}: ${attribute} is ${value}, wanted ${highest === Number.MAX_VALUE ? `at least ${lowest}` : `${lowest} to ${highest}`}`,
    );
}
