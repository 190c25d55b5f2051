import type { TableTelemetry } from '../../records/epochRecord.js';
import type { RelaxedTable } from '../../spaces/shared/space.js';
import { derivedSkips } from './skipLimit.js';

/**
 * Telemetry of an epoch: for every table the mean score of each operation over the edges, and the number of skip connections of the
 * architecture that would be derived.
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

/** Index of the table in which skip connections are counted and limited. */
export function skipTable(tables: readonly RelaxedTable[]): number {
  return Math.max(
    0,
    tables.findIndex(({ limitsSkips }) => limitsSkips),
  );
}

/** Six significant digits, to keep outcomes small. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
