import type { SearchLimits } from '../../src/nas/search/index.js';
import type { Measurement, Table, TableRunMethod } from '../../src/nas/tables/index.js';
import { jobHash } from '../../src/nas/transfer/index.js';

/** Which table to open, in a form that can be sent to another process. */
export interface TableChoice {
  readonly name: string;
  readonly tablesDir?: string;
  /** Modules that register the space and the methods. */
  readonly plugins?: readonly string[];
}

/** Increased when equal tasks give other results than before. */
const VERSION = 1;

/** Searches on a table: every method x source x seed. */
export interface TableRunPlan {
  readonly methods: readonly TableRunMethod[];
  /** What searches see; `set` is replaced by each of `sources`. */
  readonly seen: Measurement;
  readonly sources: readonly string[];
  readonly limits: SearchLimits;
  readonly seeds: readonly number[];
}

/** One search: plain data, which is sent to worker processes. */
export interface TableTask {
  /** Hash of everything that determines the result. */
  readonly hash: string;
  readonly method: TableRunMethod;
  readonly set: string;
  readonly seed: number;
  readonly limits: SearchLimits;
}

/**
 * @param plugins names the code of plugins (`pluginDigest`)
 * @throws {TableError} when the table lacks the measurements that searches see
 */
export async function planTasks(table: Table, plan: TableRunPlan, plugins?: string): Promise<TableTask[]> {
  const digests = new Map<string, Promise<string>>();
  const tasks: TableTask[] = [];
  for (const method of plan.methods)
    for (const set of plan.sources) {
      const key = JSON.stringify([set, method.seen]);
      if (!digests.has(key)) digests.set(key, digestOf(table, set, method.seen));
      const digest = await digests.get(key);
      for (const seed of plan.seeds) {
        const { name, options } = method;
        const { limits } = plan;
        const decides = {
          kind: 'table-search',
          version: VERSION,
          digest,
          method: name,
          options,
          limits,
          seed,
          plugins,
        };
        tasks.push({ hash: await jobHash(decides), method, set, seed, limits });
      }
    }
  return tasks;
}

/** Hash of what a search can see of a table: accuracies, training times and costs. */
function digestOf(table: Table, set: string, seen: TableRunMethod['seen']): Promise<string> {
  const rows = Array.from({ length: table.size }, (_, row) => row);
  return jobHash({
    table: table.name,
    space: table.space,
    set,
    seen: seen.map(({ epochs, seed }) => ({
      epochs,
      accuracies: Array.from(table.accuracies({ set, split: 'validation', epochs, seed })),
      seconds: rows.map((row) => table.trainingSeconds(row, set, epochs)),
    })),
    costs: table.costs
      .filter((cost) => cost.set === set)
      .map((cost) => [cost.name, Array.from(table.costColumn(cost))]),
  });
}
