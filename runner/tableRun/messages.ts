import type { TableSearch } from '../../src/nas/tables/index.js';
import type { TableChoice, TableTask } from './plan.js';

export type ToWorker =
  | { readonly kind: 'open'; readonly table: TableChoice }
  | { readonly kind: 'search'; readonly task: TableTask };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'found'; readonly search: TableSearch }
  /** The method asked for a device, of which there is one, in the parent. */
  | { readonly kind: 'needs-device' }
  | { readonly kind: 'failed'; readonly message: string; readonly stack?: string };
