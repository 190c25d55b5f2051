import { fromHalf, toHalf } from './half.js';
import { logicalSize, pack, physicalSize, unpack, type ValueType } from './types.js';

/** Elements of a value as they lie in memory: u32 and f32 as themselves, f16 as their bits. */
export type StoredElements = Float32Array | Uint32Array | Uint16Array;

/** Memory seen as elements of a type. */
export function storedElements(
  type: ValueType,
  buffer: ArrayBuffer,
  byteOffset = 0,
  length = physicalSize(type),
): StoredElements {
  const Elements = { f32: Float32Array, f16: Uint16Array, u32: Uint32Array }[type.dtype];
  return new Elements(buffer, byteOffset, length);
}

/** Writes row-major elements into their padded places in zeroed memory, rounded to the type. */
export function encode(type: ValueType, source: ArrayLike<number>, buffer: ArrayBuffer, byteOffset = 0): void {
  const stored = type.dtype === 'f16' ? Uint16Array.from(source, toHalf) : source;
  pack(type, stored, storedElements(type, buffer, byteOffset));
}

/** Row-major elements, without padding, of memory that holds a value and nothing between its rows. */
export function decode(type: ValueType, stored: StoredElements): Float32Array | Uint32Array {
  const result = type.dtype === 'u32' ? new Uint32Array(logicalSize(type)) : new Float32Array(logicalSize(type));
  unpack(type, type.dtype === 'f16' ? Float32Array.from(stored, fromHalf) : stored, result);
  return result;
}
