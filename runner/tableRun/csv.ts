import type { Measurement, Table, TableRunResults } from '../../src/nas/tables/index.js';
import { csv } from '../report/csv.js';

/** One line for each search: the architecture found, and its accuracies. */
export function runsCsv({ searches, accuracies }: TableRunResults, table: Table): string {
  const measurements = new Map(accuracies.map(({ measurement }) => [nameOf(measurement), measurement]));
  const columns = [...measurements.values()].map((measurement) => table.accuracies(measurement));
  return csv(
    ['method', 'source', 'seed', 'index', 'architecture', 'queries', 'seconds', ...measurements.keys()],
    searches.map(({ method, set, seed, index, queries, seconds }) => [
      method,
      set,
      seed,
      index,
      table.architecture(index),
      queries,
      seconds,
      ...columns.map((column) => column[index]),
    ]),
  );
}

/** One line for each method, source and measurement. */
export function tableAccuraciesCsv({ accuracies }: TableRunResults): string {
  const header =
    'method,source,set,split,epochs,trainingSeed,mean,deviation,count,relativeImprovement,relativeImprovementStandardError,publishedMean,publishedDeviation,publishedSource';
  return csv(
    header.split(','),
    accuracies.map(({ method, source, measurement, accuracy, relativeImprovement: improvement, published }) => [
      method,
      source,
      measurement.set,
      measurement.split,
      measurement.epochs,
      measurement.seed,
      accuracy.mean,
      accuracy.deviation,
      accuracy.count,
      improvement?.mean,
      improvement?.standardError,
      published?.mean,
      published?.deviation,
      published?.source,
    ]),
  );
}

/** One line for each point of each curve. */
export function tableCurvesCsv({ curves }: TableRunResults): string {
  return csv(
    ['method', 'source', 'set', 'split', 'epochs', 'trainingSeed', 'axis', 'x', 'mean', 'low', 'median', 'high'],
    curves.flatMap(({ method, source, measurement: { set, split, epochs, seed }, axis, x, mean, low, median, high }) =>
      x.map((at, i) => [method, source, set, split, epochs, seed, axis, at, mean[i], low[i], median[i], high[i]]),
    ),
  );
}

function nameOf({ set, split, epochs, seed }: Measurement): string {
  return `${set} ${split} ${epochs} epochs, seed ${seed}`;
}
