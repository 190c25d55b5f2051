import { NasTransferError } from '../../../engine/errors/errors.js';

/** A fault in a file: where it is, got and wanted. */
export interface DataFault {
  /** Path or name of the file or folder. */
  readonly file: string;
  /** Byte offset in the file (after decompression where it is compressed), if known. */
  readonly offset?: number;
  readonly got: string;
  readonly wanted: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Image files that are damaged, incomplete, of the wrong size or missing. */
export class DataError extends NasTransferError {
  override readonly code = 'data';
  readonly file: string;
  readonly offset: number | undefined;
  readonly got: string;
  readonly wanted: string;

  constructor(fault: DataFault, options?: ErrorOptions) {
    const place = fault.offset === undefined ? '' : ` at byte ${fault.offset}`;
    const advice = fault.advice ? `. ${fault.advice}` : '';
    super(`${fault.file}${place}: got ${fault.got}, wanted ${fault.wanted}${advice}`, options);
    this.file = fault.file;
    this.offset = fault.offset;
    this.got = fault.got;
    this.wanted = fault.wanted;
  }
}

/** A source specification that is wrong, or that its image set cannot meet. */
export class SourceError extends NasTransferError {
  override readonly code = 'source';
}
