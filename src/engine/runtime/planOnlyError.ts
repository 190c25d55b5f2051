import { NasTransferError } from '../errors/errors.js';

/** A `PlanningEngine` or one of its programs was to compute something. */
export class PlanOnlyError extends NasTransferError {
  override readonly code = 'planOnly';
}
