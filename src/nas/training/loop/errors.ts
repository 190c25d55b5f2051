import { NasTransferError } from '../../../engine/errors/errors.js';

/** A training used after an epoch of it failed or was aborted. */
export class InterruptedTrainingError extends NasTransferError {
  override readonly code = 'interrupted-training';
}
