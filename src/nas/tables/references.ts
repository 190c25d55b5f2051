import { kendallTauB } from '../math/kendall.js';
import { SPACE_NAMES, spaceByName } from '../spaces/spaces.js';
import type { TableRunResults } from './results.js';
import type { Measurement, Table } from './table.js';

export function sameAs(one: Measurement, other: Measurement): boolean {
  return one.set === other.set && one.split === other.split && one.epochs === other.epochs && one.seed === other.seed;
}

/** The first row of the highest accuracy; rows without an accuracy are ignored. */
export function bestRow(accuracies: ArrayLike<number>): number {
  let best = 0;
  for (let row = 1; row < accuracies.length; row++)
    if (accuracies[row] > accuracies[best] || Number.isNaN(accuracies[best])) best = row;
  return best;
}

/** The best row by each measurement, and the ResNet cell where the table has it, with all these measurements of each. */
export function references(table: Table, measurements: readonly Measurement[]): TableRunResults['references'] {
  const described = (label: string, index: number) => ({
    label,
    index,
    accuracies: measurements.map((measurement) => ({ measurement, accuracy: table.accuracies(measurement)[index] })),
  });
  const best = measurements.map((measurement) => {
    const { set, split, epochs } = measurement;
    return described(`best by ${split} accuracy on ${set}, ${epochs} epochs`, bestRow(table.accuracies(measurement)));
  });
  // A table may be of a space that only its own program knows.
  const resnet = SPACE_NAMES.includes(table.space) ? spaceByName(table.space).resnet : undefined;
  return resnet !== undefined && table.has(resnet) ? [...best, described('ResNet cell', table.indexOf(resnet))] : best;
}

/** Kendall tau-b over all rows between every two measurements of different data sets; rows that lack one of them are ignored. */
export function setRankCorrelation(
  table: Table,
  measurements: readonly Measurement[],
): TableRunResults['setRankCorrelation'] {
  return measurements.flatMap((first, i) =>
    measurements.slice(i + 1).map((second) => {
      const [x, y] = [first, second].map((measurement) => table.accuracies(measurement));
      const rows = Array.from(x.keys()).filter((row) => !Number.isNaN(x[row]) && !Number.isNaN(y[row]));
      const pick = (column: Float64Array) => rows.map((row) => column[row]);
      return { sets: [first.set, second.set] as const, tau: kendallTauB(pick(x), pick(y)) };
    }),
  );
}
