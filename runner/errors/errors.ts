import { constants } from 'node:os';
import { NasTransferError } from '../../src/engine/errors/index.js';

/** A folder or file of results that can't be read or written. */
export class StoreError extends NasTransferError {
  override readonly code = 'store';
}

/** A job that failed: the message names it, `cause` is what went wrong in it. */
export class JobError extends NasTransferError {
  override readonly code = 'job';
}

/** Ctrl-C, or a request to end, came while there was work. */
export class InterruptedError extends NasTransferError {
  override readonly code = 'interrupted';
  /** As shells count a process that a signal ended: 130 for SIGINT, 143 for SIGTERM. */
  readonly exitCode: number;
  constructor(signal: NodeJS.Signals, message: string) {
    super(message);
    this.exitCode = 128 + constants.signals[signal];
  }
}
