import type { KernelCall, Operand, TensorView } from '../../graph/operation.js';
import { gridOf } from './kernelCall.js';

/** A strided view of rows of vec4s: the terms of a sum, or where its result is written. */
export interface RowsView {
  readonly operand: Operand;
  readonly offset: number;
  readonly stride: number;
}

/** Allocates scratch memory of the node (`Lowering.scratch`). */
export type Scratch = (elements: number) => Operand;

/** Columns from which one invocation per column fills a GPU. */
const ENOUGH_COLUMNS = 2048;
/** Most partial sums per column, which the second stage adds. */
const MAX_CHUNKS = 256;
const ROWS_PER_CHUNK = 16;

/**
 * Number of chunks into which the rows are split for the first stage of a two-stage reduction: enough for thousands of
 * invocations, few enough that the second stage, which adds the chunks sequentially, is short.
 * @param columns invocations per chunk
 * @returns 1 where one stage is enough
 */
export function chunksOf(rows: number, columns: number): number {
  if (rows <= 2 * ROWS_PER_CHUNK || columns >= ENOUGH_COLUMNS) return 1;
  return Math.min(MAX_CHUNKS, Math.ceil(rows / ROWS_PER_CHUNK), Math.ceil((4 * ENOUGH_COLUMNS) / columns));
}

/** y[group] = factor * sum of the rows of x[group], per channel: one dispatch, or two where there are many rows. */
export function columnSumCalls(
  x: RowsView,
  y: RowsView,
  sizes: { groups: number; rows: number; vectors: number; factor: number },
  scratch: Scratch,
): KernelCall[] {
  const { groups, rows, vectors, factor } = sizes;
  const chunks = chunksOf(rows, groups * vectors);
  if (chunks === 1) return [columnSumCall(x, y, { groups, rows, chunks, vectors, factor })];
  const partial = { operand: scratch(groups * chunks * vectors * 4), offset: 0, stride: vectors };
  return [
    columnSumCall(x, partial, { groups, rows, chunks, vectors, factor: 1 }),
    columnSumCall(partial, y, { groups, rows: chunks, chunks: 1, vectors, factor }),
  ];
}

/** y = factor * sum of all elements of x. */
export function totalCalls(x: TensorView, y: TensorView, factor: number, scratch: Scratch): KernelCall[] {
  const calls: KernelCall[] = [];
  let view: RowsView = x;
  let count = x.rows * x.vectors;
  const reduce = (rows: number, vectors: number, chunks: number) => {
    const partial = { operand: scratch(chunks * vectors * 4), offset: 0, stride: vectors };
    calls.push(columnSumCall(view, partial, { groups: 1, rows, chunks, vectors, factor: 1 }));
    view = partial;
    count = chunks * vectors;
  };
  const isRun = x.rows === 1 || x.stride === x.vectors;
  if (!isRun) reduce(x.rows, x.vectors, chunksOf(x.rows, x.vectors));
  // A contiguous run of vec4s is read as rows of one vec4.
  while (count > MAX_CHUNKS) {
    view = { ...view, stride: 1 };
    reduce(count, 1, Math.min(MAX_CHUNKS * ROWS_PER_CHUNK, Math.ceil(count / ROWS_PER_CHUNK)));
  }
  calls.push({
    kernel: 'reduce/total',
    uniforms: { count, xOffset: view.offset, yOffset: y.offset, factor },
    bindings: { x: view.operand, y: y.operand },
    grid: [1, 1, 1],
  });
  return calls;
}

function columnSumCall(
  x: RowsView,
  y: RowsView,
  sizes: { groups: number; rows: number; chunks: number; vectors: number; factor: number },
): KernelCall {
  return {
    kernel: 'reduce/columnSums',
    uniforms: { ...sizes, xOffset: x.offset, xStride: x.stride, yOffset: y.offset, yStride: y.stride },
    bindings: { x: x.operand, y: y.operand },
    grid: gridOf(sizes.groups * sizes.chunks * sizes.vectors),
  };
}
