import { OwnershipError } from '../errors/errors.js';
import type { Node, Value } from '../graph/graph.js';
import type { Variable, VariableSet } from '../graph/variables.js';

/** The variable set whose memory holds a value; undefined for other values. */
export function setOf({ origin }: Value): VariableSet | undefined {
  if (origin?.kind === 'variable') return origin.variable.set;
  return origin?.kind === 'variables' ? origin.set : undefined;
}

/**
 * Checks that every node reads the variables that were traced. A node reads a variable's memory at the time it runs, so a read after
 * an update would give the updated elements.
 * @throws {OwnershipError} when a node reads a value that an earlier update has replaced, or reads a set that it updates
 */
export function checkVariableReads(nodes: readonly Node[]): void {
  // Values are numbered in tracing order: a value older than the variable's last update is stale.
  const updates = new Map<Variable | VariableSet, { readonly id: number; readonly by: string }>();
  for (const { operation, inputs, outputs } of nodes) {
    const written = new Set(outputs.map(setOf));
    inputs.forEach((input, index) => {
      const set = setOf(input);
      if (!set || !input.origin) return;
      const name = input.origin.kind === 'variable' ? `variable "${input.origin.variable.name}"` : `set "${set.name}"`;
      const sources = input.origin.kind === 'variable' ? [input.origin.variable, set] : [set, ...set.variables];
      for (const source of sources) {
        const update = updates.get(source);
        if (update && input.id < update.id)
          throw new OwnershipError(
            `${operation.name}: input ${index} is ${name} as it was before ${update.by} updated it; take all gradients before the first update, or read the variable again`,
          );
      }
      if (written.has(set) && !operation.inPlace?.includes(index))
        throw new OwnershipError(
          `${operation.name}: input ${index}, ${name}, lies in the set that the operation updates; keep it in a set of its own`,
        );
    });
    for (const output of outputs) {
      if (output.origin?.kind === 'variable')
        updates.set(output.origin.variable, { id: output.id, by: operation.name });
      if (output.origin?.kind === 'variables') updates.set(output.origin.set, { id: output.id, by: operation.name });
    }
  }
}
