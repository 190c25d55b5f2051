import { NasTransferError } from '../../engine/errors/errors.js';

/** Which images an accuracy was measured on. Validation images are for searching; test images for reporting alone. */
export type Split = 'train' | 'validation' | 'test';

/** `mean`: over the training seeds; `one`: a single training whose seed the table does not tell; a number: that seed. */
export type TableSeed = 'mean' | 'one' | number;

/** What a column of accuracies holds. All four are always said: no query has a default. */
export interface Measurement {
  /** Data set, such as cifar10. */
  readonly set: string;
  readonly split: Split;
  /** Epochs of training. */
  readonly epochs: number;
  readonly seed: TableSeed;
}

/** A column that an architecture's network has on a data set besides accuracy. */
export interface CostColumn {
  /** parameters, mflops, multiplyAdds, latency, … */
  readonly name: string;
  readonly set: string;
}

/** Architectures with what was measured of them. Rows are numbered from 0 in the table's own order. */
export interface Table {
  readonly name: string;
  /** Name of the search space. */
  readonly space: string;
  readonly size: number;
  readonly measurements: readonly Measurement[];
  readonly costs: readonly CostColumn[];
  /** Devices whose latency is known. */
  readonly devices: readonly string[];
  architecture(index: number): string;
  /** @throws TableError if the table has no such architecture */
  indexOf(architecture: string): number;
  has(architecture: string): boolean;
  /** Accuracies of all rows in per cent; NaN where none is known. @throws TableError naming the nearest measurements there are */
  accuracies(measurement: Measurement): Float64Array;
  /** Costs of all rows; NaN where none is known. @throws TableError */
  costColumn(column: CostColumn): Float64Array;
  /** Milliseconds of all rows on a device. @throws TableError */
  latencies(device: string): Float64Array;
  /** Seconds that training a row for so many epochs and measuring it takes on the table's machine. @throws TableError */
  trainingSeconds(index: number, set: string, epochs: number): number;
}

/** A table that is broken, or asked for what it does not have. */
export class TableError extends NasTransferError {
  override readonly code = 'table';
}
