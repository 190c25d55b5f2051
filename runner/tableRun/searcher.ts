import type { TableSearch } from '../../src/nas/tables/index.js';
import type { TableTask } from './plan.js';

/** Runs searches on a table, one at a time. */
export interface Searcher {
  /** @returns undefined if the search needs a device, which this one doesn't have */
  search(task: TableTask): Promise<TableSearch | undefined>;
  close(): void;
}
