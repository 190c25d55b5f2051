import type { Relaxation, RelaxedTable, Selection } from '../../spaces/shared/space.js';

/** The candidate of an edge with the highest score. */
interface Strongest {
  readonly edge: number;
  readonly operation: number;
  readonly strength: number;
}

/**
 * Derives a discrete architecture from scores. Where a table keeps all edges, each has its strongest operation, which may be `none`
 * (NAS-Bench-201). Else every node keeps the edges whose strongest operation other than `none` is the strongest, and that operation
 * on each (Liu et al. 2019, DARTS, section 2.4). The first of equal scores wins.
 * @param operationScores for every table [edges, operations], row-major
 */
export function deriveSelection(
  tables: readonly RelaxedTable[],
  operationScores: readonly ArrayLike<number>[],
): Selection {
  return tables.map((table, t) => {
    const all = table.edges.map((_, edge) => strongest(table, operationScores[t], edge));
    const kept = table.kept === undefined ? new Set(all) : new Set(strongestEdges(table, all, table.kept));
    return all.map((one) => (kept.has(one) ? [one.operation] : []));
  });
}

/** The architecture of `deriveSelection`. @param operationScores for every table [edges, operations], row-major */
export function deriveArchitecture<A>(relaxation: Relaxation<A>, operationScores: readonly ArrayLike<number>[]): A {
  return relaxation.architecture(deriveSelection(relaxation.tables, operationScores));
}

/** Whether an edge of the architecture may have the operation of a column. */
function isAllowed({ kept, operations }: RelaxedTable, operation: number): boolean {
  return kept === undefined || operations[operation] !== 'none';
}

function strongest(table: RelaxedTable, operationScores: ArrayLike<number>, edge: number): Strongest {
  const width = table.operations.length;
  let best: Strongest | undefined;
  for (let operation = 0; operation < width; operation++) {
    const strength = operationScores[edge * width + operation];
    if (isAllowed(table, operation) && (!best || strength > best.strength)) best = { edge, operation, strength };
  }
  return best as Strongest;
}

function strongestEdges({ edges }: RelaxedTable, all: readonly Strongest[], kept: number): Strongest[] {
  const targets = [...new Set(edges.map(([, target]) => target))];
  return targets.flatMap((target) =>
    all
      .filter(({ edge }) => edges[edge][1] === target)
      // A stable sort: among equal scores the lower input is kept.
      .sort((a, b) => b.strength - a.strength)
      .slice(0, kept),
  );
}
