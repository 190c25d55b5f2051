import type { Measurement } from '../../src/nas/tables/index.js';

/** `cifar10 test`. */
export function shortMeasurement({ set, split }: Measurement): string {
  return `${set} ${split}`;
}

/** `cifar10 test, 200 epochs, mean over training seeds`. */
export function measurementText(measurement: Measurement): string {
  return `${shortMeasurement(measurement)}, ${trainingText(measurement)}`;
}

/** `200 epochs, mean over training seeds`. */
export function trainingText({ epochs, seed }: Pick<Measurement, 'epochs' | 'seed'>): string {
  const which =
    seed === 'mean' ? 'mean over training seeds' : seed === 'one' ? 'one training' : `training seed ${seed}`;
  return `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ${which}`;
}

/** What the columns of a table, headed by set and split, have in common: `200 epochs, mean over training seeds`; else each in full. */
export function columnsText(measurements: readonly Measurement[]): string {
  const trainings = new Set(measurements.map(trainingText));
  return trainings.size === 1 ? [...trainings].join() : measurements.map(measurementText).join('; ');
}

/** Key of a measurement: equal only for equal measurements. */
export function measurementKey({ set, split, epochs, seed }: Measurement): string {
  return JSON.stringify([set, split, epochs, seed]);
}

/** Measurements without duplicates. */
export function uniqueMeasurements(measurements: readonly Measurement[]): Measurement[] {
  return [...new Map(measurements.map((measurement) => [measurementKey(measurement), measurement])).values()];
}
