import type { Measurement, Table } from './table.js';

export interface SimulatedTraining {
  readonly index: number;
  /** Validation accuracy in per cent; NaN where unknown. */
  readonly accuracy: number;
  readonly seconds: number;
  /** Seconds of this training and all before it. */
  readonly total: number;
}

/** Simulates training architectures of a table one after another, with the table's seconds. */
export class SimulatedClock {
  private readonly accuracies: Float64Array;
  private total = 0;

  /** @throws {TableError} when the table has no such validation accuracies */
  constructor(
    private readonly table: Table,
    private readonly measurement: Omit<Measurement, 'split'>,
  ) {
    this.accuracies = table.accuracies({ ...measurement, split: 'validation' });
  }

  train(index: number): SimulatedTraining {
    const { set, epochs } = this.measurement;
    const seconds = this.table.trainingSeconds(index, set, epochs);
    this.total += seconds;
    return { index, accuracy: this.accuracies[index], seconds, total: this.total };
  }
}
