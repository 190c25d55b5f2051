import { fromHalf, toHalf } from './half.js';
import { logicalSize, pack, physicalSize, unpack, type ValueType } from './types.js';

/** Elements of a value in their memory representation: f32 and u32 as numbers, f16 as 16-bit patterns. */
export type StoredElements = Float32Array | Uint32Array | Uint16Array;

/**
 * A view of memory as elements of a type.
 * @param byteOffset first byte of the value
 * @param length elements; default: those of the type, padding included
 */
export function storedElements(
  type: ValueType,
  buffer: ArrayBuffer,
  byteOffset = 0,
  length = physicalSize(type),
): StoredElements {
  const Elements = { f32: Float32Array, f16: Uint16Array, u32: Uint32Array }[type.dtype];
  return new Elements(buffer, byteOffset, length);
}

/**
 * Writes elements into their padded places, rounded to the type.
 * @param source row-major elements without padding
 * @param buffer zeroed memory
 * @param byteOffset first byte of the value
 */
export function encode(type: ValueType, source: ArrayLike<number>, buffer: ArrayBuffer, byteOffset = 0): void {
  const stored = type.dtype === 'f16' ? Uint16Array.from(source, toHalf) : source;
  pack(type, stored, storedElements(type, buffer, byteOffset));
}

/**
 * Reads elements out of their padded places.
 * @param stored the value in memory, its rows contiguous
 * @returns row-major elements without padding; f16 as f32
 */
export function decode(type: ValueType, stored: StoredElements): Float32Array | Uint32Array {
  const result = type.dtype === 'u32' ? new Uint32Array(logicalSize(type)) : new Float32Array(logicalSize(type));
  unpack(type, type.dtype === 'f16' ? Float32Array.from(stored, fromHalf) : stored, result);
  return result;
}
