import type { ReferenceTensor } from '../../src/engine/graph/operation.js';

/** Elements of a shape; 1 for []. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((total, extent) => total * extent, 1);
}

/** The same elements in another shape. */
export function reshaped({ data }: ReferenceTensor, shape: readonly number[]): ReferenceTensor {
  return { shape, data };
}

/** Dimension i of the result is dimension permutation[i] of x: numpy's transpose. */
export function transposed(x: ReferenceTensor, permutation: readonly number[]): ReferenceTensor {
  const shape = permutation.map((axis) => x.shape[axis]);
  const strides = stridesOf(x.shape);
  const steps = permutation.map((axis) => strides[axis]);
  const data = new Float64Array(x.data.length);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    data[to] = x.data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      from += steps[axis];
      if (index[axis] < shape[axis]) break;
      from -= index[axis] * steps[axis];
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** The permutation that undoes another. */
export function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

/** The axes of a rank with one of them moved to the end, where the engine has its channels. */
export function axisLast(rank: number, axis: number): number[] {
  return [...axes(rank).filter((other) => other !== axis), axis];
}

/** 0 to rank - 1. */
export function axes(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Counted from the front. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** [N, C, ...] to [N, ..., C]. */
export function channelsLast(x: ReferenceTensor): ReferenceTensor {
  return transposed(x, axisLast(x.shape.length, 1));
}

/** [N, ..., C] to [N, C, ...]. */
export function channelsFirst(x: ReferenceTensor): ReferenceTensor {
  return transposed(x, inverse(axisLast(x.shape.length, 1)));
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}
