import { NasTransferError } from '../../engine/errors/errors.js';

/** A predictor fitted or asked wrongly. */
export class PredictorError extends NasTransferError {
  override readonly code = 'predictor';
}
