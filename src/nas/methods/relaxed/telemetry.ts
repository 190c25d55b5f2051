import type { TableTelemetry } from '../../records/epochRecord.js';
import type { RelaxedTable } from '../../spaces/shared/space.js';
import { derivedSkips } from './skipLimit.js';

/**
 * What a relaxed architecture is on the way to: for every table the mean strength of each operation over the edges, and the skip
 * connections of the architecture that its strongest candidates would make.
 * @param operationScores for every table [edges, operations], row-major
 */
export function telemetryOf(
  tables: readonly RelaxedTable[],
  operationScores: readonly ArrayLike<number>[],
): TableTelemetry[] {
  return tables.map((table, t) => {
    const { name, edges, operations } = table;
    const shares = operations.map((operation, column) => {
      const sum = edges.reduce((total, _, edge) => total + operationScores[t][edge * operations.length + column], 0);
      return [operation, rounded(sum / edges.length)] as const;
    });
    return { name, shares: Object.fromEntries(shares), skips: derivedSkips(table, operationScores[t]).length };
  });
}

/** The table that skip connections are counted and capped in: that of the normal cells, or the only one. */
export function skipTable(tables: readonly RelaxedTable[]): number {
  return Math.max(
    0,
    tables.findIndex(({ name }) => name === 'normal'),
  );
}

/** Six digits are enough to see by, and keep outcomes small. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
