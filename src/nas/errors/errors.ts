import { NasTransferError } from '../../engine/errors/errors.js';

/** A name that is not in the registry. */
export class UnknownNameError extends NasTransferError {
  override readonly code = 'unknown-name';
  constructor(what: string, got: string, known: readonly string[]) {
    super(`${what} "${got}" is not known, wanted one of: ${known.join(', ')}`);
  }
}
