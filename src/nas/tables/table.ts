import { NasTransferError } from '../../engine/errors/errors.js';

/** Images that an accuracy was measured on. Validation images are for searching, test images only for reporting. */
export type Split = 'train' | 'validation' | 'test';

/** `mean`: over the training seeds; `one`: a single training of unknown seed; a number: that seed. */
export type TableSeed = 'mean' | 'one' | number;

/** What a column of accuracies holds. Queries state all four: there are no defaults. */
export interface Measurement {
  /** Data set, such as cifar10. */
  readonly set: string;
  readonly split: Split;
  /** Epochs of training. */
  readonly epochs: number;
  readonly seed: TableSeed;
}

/** A column with a cost of the architectures' networks on a data set. */
export interface CostColumn {
  /** parameters, mflops, multiplyAdds, latency, … */
  readonly name: string;
  readonly set: string;
}

/** Architectures and their measurements. Rows are numbered from 0 in the table's own order. */
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
  /** @throws {TableError} when the table does not have the architecture */
  indexOf(architecture: string): number;
  has(architecture: string): boolean;
  /** Accuracies of all rows in per cent; NaN where unknown. @throws {TableError} naming the nearest measurements that the table has */
  accuracies(measurement: Measurement): Float64Array;
  /** Costs of all rows; NaN where unknown. @throws {TableError} when the table lacks the column */
  costColumn(column: CostColumn): Float64Array;
  /** Latencies of all rows on a device, in milliseconds. @throws {TableError} when the table lacks the device */
  latencies(device: string): Float64Array;
  /** Seconds of training a row for a number of epochs with one evaluation. @throws {TableError} when the table does not have them */
  trainingSeconds(index: number, set: string, epochs: number): number;
}

/** A damaged table, or a query of data that it does not have. */
export class TableError extends NasTransferError {
  override readonly code = 'table';
}
