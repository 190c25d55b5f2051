import type { TableSearch } from '../../src/nas/tables/index.js';
import type { TableChoice, TableTask } from './plan.js';

export type ToWorker =
  | { readonly kind: 'open'; readonly table: TableChoice }
  | { readonly kind: 'search'; readonly task: TableTask };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'found'; readonly search: TableSearch }
  /** The method needs the device, which only the parent process has. */
  | { readonly kind: 'needs-device' }
  | { readonly kind: 'failed'; readonly message: string; readonly stack?: string };
