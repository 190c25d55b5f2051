import type { KernelTarget } from '../../graph/kernelTarget.js';
import { gridOf } from './kernelCall.js';

/**
 * Number of invocations that keep a device busy. More are slower on a software driver, where starting one takes as long as
 * moving three or four vec4s.
 */
export function enoughInvocations(target: KernelTarget): number {
  return target.softwareLanes > 0 ? 2 ** 14 : 2 ** 18;
}

/** Uniforms of a kernel whose invocations loop over chunks of rows. */
export interface RowChunks {
  readonly rows: number;
  readonly vectors: number;
  readonly chunks: number;
  /** Distance from the first row of one chunk to that of the next. */
  readonly chunkStart: number;
  /** Distance from the first row of a chunk to one past its last. */
  readonly chunkSpan: number;
  /** Distance between successive rows of a chunk. */
  readonly rowStep: number;
}

/**
 * Splits rows into at most `most` chunks. On a GPU chunks are interleaved, so that neighbouring invocations load
 * neighbouring rows (coalesced loads); on a software driver each chunk is a contiguous run, which suits a CPU's caches.
 */
export function rowChunks(rows: number, vectors: number, most: number, target: KernelTarget): RowChunks {
  if (target.softwareLanes === 0) {
    const chunks = Math.min(rows, most);
    return { rows, vectors, chunks, chunkStart: 1, chunkSpan: rows, rowStep: chunks };
  }
  const length = Math.ceil(rows / most);
  return { rows, vectors, chunks: Math.ceil(rows / length), chunkStart: length, chunkSpan: length, rowStep: 1 };
}

/** Uniforms and grid of a kernel over rows x vectors vec4s with one invocation per (chunk of rows, column). */
export function rowLoop(
  rows: number,
  vectors: number,
  target: KernelTarget,
): { uniforms: RowChunks; grid: [number, number, number] } {
  const uniforms = rowChunks(rows, vectors, Math.ceil(enoughInvocations(target) / vectors), target);
  return { uniforms, grid: gridOf(uniforms.chunks * vectors) };
}
