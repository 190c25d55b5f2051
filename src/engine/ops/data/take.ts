import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation, TensorView } from '../../graph/operation.js';
import { formatType, logicalSize, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { checkRank, extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';

interface TakeAttributes {
  /** Row-major indices of the elements. */
  readonly indices: readonly number[];
}

interface TakeGradientAttributes extends TakeAttributes {
  /** Shape of x. */
  readonly shape: readonly number[];
}

/** Elements per dispatch: their positions are uniforms. */
const TAKE_WIDTH = 16;

/**
 * Gathers single elements: y[i] = x[indices[i]].
 * @param x f32 [K] or [M, K], in layout rows
 * @param indices row-major; an index may occur more than once
 * @returns f32 [indices.length]
 * @throws {ShapeError} when x has another rank or is in layout matrix
 * @throws {AttributeError} when there is no index, or one is out of range
 * @throws {DTypeError} when x is u32 or f16
 */
export function take(x: Value, indices: readonly number[]): Value {
  return x.graph.apply(takeOperation, [x], { indices: [...indices] })[0];
}

function checkTake(operation: string, x: ValueType, indices: readonly number[]): void {
  checkFloat(operation, 'x', x);
  checkRank(operation, 'x', x, 1, 2);
  if (x.layout !== 'rows')
    throw new ShapeError(`${operation}: x is ${formatType(x)} in layout ${x.layout}, wanted layout rows`);
  if (indices.length === 0) throw new AttributeError(`${operation}: got no indices, wanted at least one`);
  const size = logicalSize(x);
  for (const index of indices)
    if (!Number.isInteger(index) || index < 0 || index >= size)
      throw new AttributeError(
        `${operation}: index ${index} into x, ${formatType(x)}, wanted an integer from 0 to ${size - 1}`,
      );
}

/** Groups of indices, one dispatch each: the first index of a group, and the uniforms with its positions in x. */
function groupsOf(
  x: TensorView,
  indices: readonly number[],
  start: number,
): { first: number; uniforms: Record<string, number> }[] {
  const columns = x.type.shape[x.type.shape.length - 1];
  const placeOf = (index: number) => start + Math.floor(index / columns) * x.stride * 4 + (index % columns);
  const groups = [];
  for (let first = 0; first < indices.length; first += TAKE_WIDTH) {
    const group = indices.slice(first, first + TAKE_WIDTH);
    const uniforms: Record<string, number> = { count: group.length, first: first / 4 };
    for (let i = 0; i < TAKE_WIDTH; i++) uniforms[`place${i}`] = i < group.length ? placeOf(group[i]) : start;
    groups.push({ first, uniforms });
  }
  return groups;
}

export const takeOperation: Operation<TakeAttributes> = {
  name: 'take',
  infer: ([x], { indices }) => {
    checkTake('take', x, indices);
    return [valueType([indices.length])];
  },
  lower: ({ inputs: [x], outputs: [y], attributes: { indices } }) =>
    groupsOf(x, indices, x.offset * 4).map(({ uniforms }) => ({
      kernel: 'data/take',
      uniforms: { ...uniforms, yOffset: y.offset },
      bindings: { x: x.operand, y: y.operand },
      grid: [1, 1, 1],
    })),
  gradient: ({ inputs: [x], outputGradients: [dy], attributes: { indices } }) => [
    dy && x.graph.apply(takeGradientOperation, [dy], { indices, shape: x.shape })[0],
  ],
  reference: ([x], { indices }) => [Float64Array.from(indices, (index) => x.data[index])],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    {
      name: 'of a row',
      inputs: [{ shape: [7] }],
      attributes: { indices: [6, 0, 2, 2, 5, 1, 4, 3, 3, 0, 1, 6, 5, 4, 2] },
    },
    {
      name: 'of rows, more than one dispatch takes',
      inputs: [{ shape: [4, 5] }],
      attributes: { indices: [19, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 0, 7] },
    },
  ],
};

/** Gradient of `take`: for each element of x the sum of dy over the outputs that read it, else zero. */
export const takeGradientOperation: Operation<TakeGradientAttributes> = {
  name: 'takeGradient',
  infer: ([dy], { indices, shape }) => {
    const x = valueType(shape);
    checkTake('takeGradient', x, indices);
    checkFloat('takeGradient', 'dy', dy);
    if (dy.shape.length !== 1 || dy.shape[0] !== indices.length)
      throw new ShapeError(`takeGradient: dy is ${formatType(dy)}, wanted f32[${indices.length}], one for each index`);
    return [x];
  },
  lower: ({ inputs: [dy], outputs: [dx], attributes: { indices } }) =>
    groupsOf(dx, indices, 0).map(({ uniforms }) => ({
      kernel: 'data/takeGradient',
      uniforms: { ...extentUniforms(dx), ...uniforms, dyOffset: dy.offset, ...viewUniforms('dx', dx) },
      bindings: { dy: dy.operand, dx: dx.operand },
      grid: gridOf(dx.rows * dx.vectors),
    })),
  reference: ([dy], { indices, shape }) => {
    const dx = new Float64Array(shape.reduce((size, extent) => size * extent, 1));
    indices.forEach((index, i) => {
      dx[index] += dy.data[i];
    });
    return [dx];
  },
  cost: trafficOnly,
  reductionLength: (_, { indices }) => indices.length,
  samples: [
    {
      name: 'of rows, an element taken twice',
      inputs: [{ shape: [9] }],
      attributes: { indices: [14, 0, 7, 7, 6, 9, 10, 3, 13], shape: [3, 5] },
    },
    {
      name: 'of a row, more than one dispatch adds',
      inputs: [{ shape: [18] }],
      attributes: { indices: [5, 1, 2, 3, 4, 5, 5, 8, 8, 0, 0, 1, 2, 1, 3, 4, 8, 5], shape: [9] },
    },
  ],
};
