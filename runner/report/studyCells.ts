import type { StudyResults } from '../../src/nas/transfer/index.js';

/** Summary of one method, source and target. */
export type SummaryCell = StudyResults['summary']['cells'][number];

type Place = Pick<SummaryCell, 'method' | 'source' | 'target'>;

export function isRunOf(job: Place, cell: Place): boolean {
  return job.method === cell.method && job.source === cell.source && job.target === cell.target;
}

/** Standard deviation over seeds within method, source and target: the root of the mean variance, weighted by n - 1. */
export function pooledDeviation(cells: readonly SummaryCell[]): number {
  let squares = 0;
  let degrees = 0;
  for (const { accuracy } of cells) {
    squares += (accuracy.count - 1) * accuracy.deviation ** 2;
    degrees += accuracy.count - 1;
  }
  return degrees > 0 ? Math.sqrt(squares / degrees) : 0;
}

export function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

/** The items of each key, keys in the order in which they first appear. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
