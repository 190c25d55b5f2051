import { ShapeError } from '../errors/errors.js';

/** Element types. f16 is a storage type: kernels compute in f32. It requires the device feature shader-f16. */
export type DType = 'f32' | 'f16' | 'u32';

/**
 * Memory layout, row-major, with zeros in all padding:
 * - `rows`: the last dimension is padded to a multiple of four, so that kernels read and write `vec4`;
 * - `matrix`: the last two dimensions are padded to multiples of four. For convolution weights and matrices of parameters, so that
 *   a kernel can read the weights of four input channels without a bounds check.
 */
export type Layout = 'rows' | 'matrix';

/** Shape (row-major; images are NHWC, weights [kernelHeight, kernelWidth, inputs, outputs]), element type and layout. */
export interface ValueType {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly layout: Layout;
}

/**
 * Makes a value type.
 * @throws {ShapeError} when an extent is not a positive integer, or `matrix` has a rank below 2
 */
export function valueType(shape: readonly number[], dtype: DType = 'f32', layout: Layout = 'rows'): ValueType {
  for (const extent of shape)
    if (!Number.isInteger(extent) || extent < 1)
      throw new ShapeError(`shape [${shape}]: extent ${extent}, wanted positive integers`);
  if (layout === 'matrix' && shape.length < 2)
    throw new ShapeError(`shape [${shape}] in layout matrix: rank ${shape.length}, wanted at least 2`);
  return { shape: [...shape], dtype, layout };
}

/** The next multiple that is not below `value`. */
export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Product of numbers; 1 for none. */
export function product(extents: readonly number[]): number {
  return extents.reduce((total, extent) => total * extent, 1);
}

/** Shape in memory, padding included. A scalar, of shape [], takes one vec4. */
export function physicalShape(type: ValueType): number[] {
  const shape = type.shape.length === 0 ? [1] : [...type.shape];
  const rank = shape.length;
  shape[rank - 1] = roundUp(shape[rank - 1], 4);
  if (type.layout === 'matrix') shape[rank - 2] = roundUp(shape[rank - 2], 4);
  return shape;
}

const keys = new WeakMap<ValueType, string>();

/** A string that is equal for equal types. */
export function typeKey(type: ValueType): string {
  let key = keys.get(type);
  if (key === undefined) {
    key = `${type.dtype}[${type.shape}]${type.layout}`;
    keys.set(type, key);
  }
  return key;
}

/** Number of elements in memory, padding included. */
export function physicalSize(type: ValueType): number {
  return product(physicalShape(type));
}

/** Number of 4-byte words in memory, padding included: a vec4 of f16 takes two. */
export function wordsOf(type: ValueType): number {
  return (physicalSize(type) * (type.dtype === 'f16' ? 2 : 4)) / 4;
}

/** Number of elements without padding. */
export function logicalSize(type: ValueType): number {
  return product(type.shape);
}

/** Extent of the last dimension; 1 for a scalar. */
export function channelsOf(type: ValueType): number {
  return type.shape.at(-1) ?? 1;
}

/** Number of vec4s in one row (the last dimension). */
export function vectorsPerRow(type: ValueType): number {
  return Math.ceil(channelsOf(type) / 4);
}

/** Number of rows in memory: the product of all dimensions but the last, padding included. */
export function rowsOf(type: ValueType): number {
  return physicalSize(type) / (vectorsPerRow(type) * 4);
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}

/** A type for messages: `f32[2, 3]`. */
export function formatType(type: ValueType): string {
  return `${type.dtype}[${type.shape.join(', ')}]`;
}

/**
 * Copies elements into their padded places.
 * @param source row-major elements without padding
 * @param target `physicalSize(type)` elements, zeroed
 */
export function pack(type: ValueType, source: ArrayLike<number>, target: { [index: number]: number }): void {
  forEachElement(type, (logical, physical) => {
    target[physical] = source[logical];
  });
}

/**
 * Copies elements out of their padded places.
 * @param source `physicalSize(type)` elements
 * @param target receives row-major elements without padding
 */
export function unpack(type: ValueType, source: ArrayLike<number>, target: { [index: number]: number }): void {
  forEachElement(type, (logical, physical) => {
    target[logical] = source[physical];
  });
}

function forEachElement(type: ValueType, visit: (logical: number, physical: number) => void): void {
  const shape = type.shape.length === 0 ? [1] : type.shape;
  const physical = physicalShape(type);
  const columns = shape[shape.length - 1];
  const middle = shape.length > 1 ? shape[shape.length - 2] : 1;
  const middlePhysical = shape.length > 1 ? physical[shape.length - 2] : 1;
  const outer = product(shape) / (columns * middle);
  const columnsPhysical = physical[shape.length - 1];
  let logical = 0;
  for (let o = 0; o < outer; o++)
    for (let m = 0; m < middle; m++) {
      const row = (o * middlePhysical + m) * columnsPhysical;
      for (let c = 0; c < columns; c++) visit(logical++, row + c);
    }
}
