import type { VariableSet } from '../../src/engine/graph/variables.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { PlainTensor, Tensors } from './prepared.js';

/** Variables of sets by their names. */
export async function readTensors(engine: Engine, sets: readonly VariableSet[]): Promise<Tensors> {
  const tensors: Record<string, PlainTensor> = {};
  for (const set of sets)
    for (const variable of set.variables)
      tensors[variable.name] = { shape: variable.type.shape, data: await engine.read(variable) };
  return tensors;
}
