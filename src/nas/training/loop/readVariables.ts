import type { Variable } from '../../../engine/graph/variables.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';

/**
 * Reads some variables at once.
 * @returns their elements, row-major
 * @throws the first error, once all reads have ended: none then holds a staging buffer any more
 */
export async function readVariables(
  engine: Pick<Compiler, 'read'>,
  variables: readonly Variable[],
): Promise<(Float32Array | Uint32Array)[]> {
  const reads = await Promise.allSettled(variables.map((variable) => engine.read(variable)));
  return reads.map((read) => {
    if (read.status === 'rejected') throw read.reason;
    return read.value;
  });
}
