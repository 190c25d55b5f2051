import { AttributeError } from '../../../engine/errors/errors.js';
import type { VariableSet } from '../../../engine/graph/variables.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';

/** The words of some sets as arrays by the sets' names: what a checkpoint keeps. */
export async function readSets(engine: Compiler, sets: readonly VariableSet[]): Promise<Record<string, Float32Array>> {
  const arrays: Record<string, Float32Array> = {};
  for (const set of sets) arrays[set.name] = new Float32Array((await engine.readSet(set)).buffer);
  return arrays;
}

/** The inverse of `readSets`. @throws AttributeError naming an array that is missing */
export function writeSets(
  engine: Compiler,
  sets: readonly VariableSet[],
  arrays: Readonly<Record<string, Float32Array>>,
): void {
  for (const set of sets) {
    const words = arrays[set.name];
    if (!words)
      throw new AttributeError(`restore: the state has no array "${set.name}", it has ${Object.keys(arrays)}`);
    engine.writeSet(set, new Uint32Array(words.slice().buffer));
  }
}
