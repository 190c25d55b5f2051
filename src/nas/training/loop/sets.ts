import { AttributeError } from '../../../engine/errors/errors.js';
import type { VariableSet } from '../../../engine/graph/variables.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';

/** The contents of some sets, padding included, by the sets' names: a checkpoint. */
export async function readSets(engine: Compiler, sets: readonly VariableSet[]): Promise<Record<string, Float32Array>> {
  const arrays: Record<string, Float32Array> = {};
  for (const set of sets) arrays[set.name] = new Float32Array((await engine.readSet(set)).buffer);
  return arrays;
}

/** The inverse of `readSets`. @throws {AttributeError} when an array is missing */
export function writeSets(
  engine: Compiler,
  sets: readonly VariableSet[],
  arrays: Readonly<Record<string, Float32Array>>,
): void {
  for (const set of sets) {
    const words = arrays[set.name];
    if (!words)
      throw new AttributeError(
        `restore: the state has no array "${set.name}", it has ${Object.keys(arrays).join(', ')}; restore a state of the same search`,
      );
    engine.writeSet(set, new Uint32Array(words.slice().buffer));
  }
}
