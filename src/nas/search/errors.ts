import { NasTransferError } from '../../engine/errors/errors.js';

/** A search used out of order, options that contradict the problem, or a state of another method. */
export class SearchError extends NasTransferError {
  override readonly code = 'search';
}
