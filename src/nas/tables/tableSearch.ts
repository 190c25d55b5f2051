import type { EvaluationRecord } from '../records/outcome.js';
import type { Method } from '../search/method.js';
import type { Problem } from '../search/problem.js';
import type { Improvement, TableSearch } from './results.js';
import type { Table } from './table.js';

/** A search on one of the table's data sets. */
export interface TableSearchTask {
  readonly method: { readonly label: string; readonly options: unknown };
  readonly set: string;
  readonly seed: number;
  /** Aborts between two evaluations. */
  readonly signal?: AbortSignal;
}

/**
 * Searches to the end on a problem made from the table.
 * @throws the signal's reason when it aborts
 */
export async function searchTable(
  table: Table,
  problem: Problem,
  method: Method,
  { method: { label, options }, set, seed, signal }: TableSearchTask,
): Promise<TableSearch> {
  const search = method.start(problem, options);
  try {
    do signal?.throwIfAborted();
    while (await search.step());
    const { architecture, evaluations, front } = search.result();
    return {
      method: label,
      set,
      seed,
      index: table.indexOf(architecture),
      queries: evaluations.length,
      seconds: evaluations.reduce((sum, evaluation) => sum + (evaluation.seconds ?? 0), 0),
      improvements: improvementsOf(table, evaluations),
      ...(front ? { front } : {}),
    };
  } finally {
    search.dispose?.();
  }
}

/**
 * The evaluations that are better than all before. Accuracies after different lengths of training are not comparable: one after more
 * epochs counts as better than any after fewer, as for the incumbent of Hyperband (Li et al., 1603.06560).
 */
export function improvementsOf(table: Table, evaluations: readonly EvaluationRecord[]): Improvement[] {
  const improvements: Improvement[] = [];
  let best: EvaluationRecord | undefined;
  let seconds = 0;
  evaluations.forEach((evaluation, i) => {
    seconds += evaluation.seconds ?? 0;
    if (best && !isBetter(evaluation, best)) return;
    best = evaluation;
    improvements.push({ queries: i + 1, seconds, index: table.indexOf(evaluation.architecture) });
  });
  return improvements;
}

/** An evaluation without `epochs` has the problem's longest training. */
function isBetter(next: EvaluationRecord, best: EvaluationRecord): boolean {
  const [nextEpochs, bestEpochs] = [next, best].map(({ epochs = Number.POSITIVE_INFINITY }) => epochs);
  return nextEpochs === bestEpochs ? next.fitness > best.fitness : nextEpochs > bestEpochs;
}
