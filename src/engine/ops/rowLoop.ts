import { gridOf } from './kernelCall.js';
import type { KernelTarget } from './operation.js';

/**
 * Invocations that keep a device busy. More cost time on a software driver, where every one takes as long as moving three
 * or four vec4s.
 */
export function enoughInvocations(target: KernelTarget): number {
  return target.softwareLanes > 0 ? 2 ** 14 : 2 ** 18;
}

/**
 * Split of a kernel that goes over rows x vectors vec4s, each invocation over one column's rows chunk, chunk + chunks, ...:
 * neighbouring invocations touch neighbouring memory, and what belongs to a column is loaded once.
 */
export function rowLoop(
  rows: number,
  vectors: number,
  target: KernelTarget,
): { uniforms: { rows: number; vectors: number; chunks: number }; grid: [number, number, number] } {
  const chunks = Math.min(rows, Math.ceil(enoughInvocations(target) / vectors));
  return { uniforms: { rows, vectors, chunks }, grid: gridOf(chunks * vectors) };
}
