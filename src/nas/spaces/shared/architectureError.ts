import { NasTransferError } from '../../../engine/errors/errors.js';

/** Text or data that is no architecture of the space. */
export class ArchitectureError extends NasTransferError {
  override readonly code = 'architecture';
}
