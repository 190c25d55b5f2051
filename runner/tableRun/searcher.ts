import type { TableSearch } from '../../src/nas/tables/index.js';
import type { TableTask } from './plan.js';

/** Runs searches on a table, one at a time. */
export interface Searcher {
  /** @returns undefined when the search needs a device, which this process does not have */
  search(task: TableTask): Promise<TableSearch | undefined>;
  close(): void;
}
