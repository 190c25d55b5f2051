import type { KernelTarget } from '../../graph/kernelTarget.js';
import { gridOf } from './kernelCall.js';

/**
 * Invocations that keep a device busy. More cost time on a software driver, where every one takes as long as moving three
 * or four vec4s.
 */
export function enoughInvocations(target: KernelTarget): number {
  return target.softwareLanes > 0 ? 2 ** 14 : 2 ** 18;
}

/** Uniforms of kernels whose invocations go over chunks of rows. */
export interface RowChunks {
  readonly rows: number;
  readonly vectors: number;
  readonly chunks: number;
  /** Rows from the first of one chunk to the first of the next. */
  readonly chunkStart: number;
  /** Rows from the first of a chunk to one past its last. */
  readonly chunkSpan: number;
  /** Rows from one of a chunk to its next. */
  readonly rowStep: number;
}

/**
 * Splits rows among at most `most` chunks. On a GPU neighbouring invocations take neighbouring rows at every step, which
 * lets them load together; on a software driver each has a run of rows to itself, which suits a CPU's caches.
 */
export function rowChunks(rows: number, vectors: number, most: number, target: KernelTarget): RowChunks {
  if (target.softwareLanes === 0) {
    const chunks = Math.min(rows, most);
    return { rows, vectors, chunks, chunkStart: 1, chunkSpan: rows, rowStep: chunks };
  }
  const length = Math.ceil(rows / most);
  return { rows, vectors, chunks: Math.ceil(rows / length), chunkStart: length, chunkSpan: length, rowStep: 1 };
}

/** Split of a kernel that goes over rows x vectors vec4s; what belongs to a column is loaded once for a chunk of rows. */
export function rowLoop(
  rows: number,
  vectors: number,
  target: KernelTarget,
): { uniforms: RowChunks; grid: [number, number, number] } {
  const uniforms = rowChunks(rows, vectors, Math.ceil(enoughInvocations(target) / vectors), target);
  return { uniforms, grid: gridOf(uniforms.chunks * vectors) };
}
