import type { RelaxedTable } from '../../spaces/shared/space.js';
import { deriveSelection } from '../shared/derivation.js';

export const SKIP = 'skip_connect';

/** A skip connection of a derived table. */
interface Skip {
  readonly edge: number;
  readonly strength: number;
}

/**
 * Scores from which at most `maxSkips` skip connections are derived in a table: the weakest derived skip connection is excluded and
 * the table derived again, until few enough are left (Chen et al. 2019, P-DARTS, section 3.4). Among equal scores that of the later
 * edge is excluded first.
 * @param operationScores [edges, operations], row-major
 */
export function limitSkips(table: RelaxedTable, operationScores: ArrayLike<number>, maxSkips: number): Float32Array {
  const limited = Float32Array.from(operationScores);
  const skip = table.operations.indexOf(SKIP);
  for (;;) {
    const skips = derivedSkips(table, limited);
    if (skips.length <= maxSkips) return limited;
    const weakest = skips.reduce((a, b) => (b.strength <= a.strength ? b : a));
    // Below every score: an edge whose scores are all zero must not choose it again.
    limited[weakest.edge * table.operations.length + skip] = Number.NEGATIVE_INFINITY;
  }
}

/** Skip connections that the table's derived architecture has. */
export function derivedSkips(table: RelaxedTable, operationScores: ArrayLike<number>): readonly Skip[] {
  const skip = table.operations.indexOf(SKIP);
  const [edges] = deriveSelection([table], [operationScores]);
  return edges.flatMap((operations, edge) =>
    operations.includes(skip) ? [{ edge, strength: operationScores[edge * table.operations.length + skip] }] : [],
  );
}
