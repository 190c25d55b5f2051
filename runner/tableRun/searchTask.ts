import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine } from '../../src/engine/runtime/index.js';
import { methodByName } from '../../src/nas/methods/index.js';
import { searchTable, type Table, type TableSearch, tableProblem } from '../../src/nas/tables/index.js';
import { loadPlugins } from '../plugins/plugins.js';
import { openTable } from '../tables/open.js';
import type { TableChoice, TableTask } from './plan.js';
import type { Searcher } from './searcher.js';

/** A method needs a device, and this process has none. */
export class NeedsDevice extends Error {}

/** @throws {TableError} when it is missing or damaged */
export async function openTableOf({ name, tablesDir, plugins }: TableChoice): Promise<Table> {
  await loadPlugins(plugins);
  const table = await openTable(name, { tablesDir });
  await table.load();
  return table;
}

/** @throws {NeedsDevice} when the method needs a device and there is no engine */
export function searchTask(table: Table, task: TableTask, engine?: Engine): Promise<TableSearch> {
  const { method, set, seed, limits } = task;
  const problem = tableProblem(table, {
    set,
    epochs: method.seen.map((one) => one.epochs),
    seed: method.seen.map((one) => one.seed),
    searchSeed: seed,
    limits,
    async engine() {
      if (!engine) throw new NeedsDevice();
      return engine;
    },
  });
  return searchTable(table, problem, methodByName(method.name), { method, set, seed });
}

/** Searches in this process. */
export function localSearcher(table: Table, engine?: Engine): Searcher {
  return {
    async search(task) {
      // Searches on a table never wait for I/O: this lets signals and progress run.
      await nextTurn();
      try {
        return await searchTask(table, task, engine);
      } catch (error) {
        if (error instanceof NeedsDevice) return undefined;
        throw error;
      }
    },
    close() {},
  };
}
