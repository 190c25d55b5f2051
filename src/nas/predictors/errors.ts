import { NasTransferError } from '../../engine/errors/errors.js';

/** A predictor used with wrong arguments or before it was fitted. */
export class PredictorError extends NasTransferError {
  override readonly code = 'predictor';
}
