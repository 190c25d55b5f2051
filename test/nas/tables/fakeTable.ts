import { type Measurement, type Table, TableError } from '../../../src/nas/tables/table.js';

/** A column of the table below: the measurement, and the accuracy of every row in per cent. */
export interface FakeColumn {
  readonly measurement: Measurement;
  readonly accuracies: readonly number[];
}

/** A table in memory. Training takes ten seconds per epoch. */
export function fakeTable(
  architectures: readonly string[],
  columns: readonly FakeColumn[],
  { name = 'fake', space = 'fake' } = {},
): Table {
  const missing = (what: string) => new TableError(`${name}: has no ${what}`);
  return {
    name,
    space,
    size: architectures.length,
    measurements: columns.map(({ measurement }) => measurement),
    costs: [],
    devices: [],
    architecture: (index) => architectures[index],
    has: (architecture) => architectures.includes(architecture),
    indexOf(architecture) {
      const index = architectures.indexOf(architecture);
      if (index < 0) throw missing(architecture);
      return index;
    },
    accuracies({ set, split, epochs, seed }) {
      const column = columns.find(
        ({ measurement: one }) => one.set === set && one.split === split && one.epochs === epochs && one.seed === seed,
      );
      if (!column) throw missing(`${split} accuracy on ${set} after ${epochs} epochs, seed ${seed}`);
      return Float64Array.from(column.accuracies);
    },
    costColumn: ({ name: cost }) => {
      throw missing(cost);
    },
    latencies: (device) => {
      throw missing(device);
    },
    trainingSeconds: (_index, _set, epochs) => 10 * epochs,
  };
}
