import { AttributeError, DTypeError } from '../../errors/errors.js';
import { formatType, type ValueType } from '../../graph/types.js';

/** @throws {DTypeError} when the elements are u32; f16 reaches only records with `supportsF16` */
export function checkFloat(operation: string, argument: string, type: ValueType): void {
  if (type.dtype === 'u32') throw new DTypeError(`${operation}: ${argument} is ${formatType(type)}, wanted f32`);
}

/** @throws {DTypeError} when the elements are not u32 */
export function checkInteger(operation: string, argument: string, type: ValueType): void {
  if (type.dtype !== 'u32') throw new DTypeError(`${operation}: ${argument} is ${formatType(type)}, wanted u32`);
}

/** @throws {AttributeError} when not lowest <= value <= highest */
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
