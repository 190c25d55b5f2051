import { NasTransferError } from '../../../engine/errors/errors.js';

/** A text or data that is not an architecture of the space. */
export class ArchitectureError extends NasTransferError {
  override readonly code = 'architecture';
}
