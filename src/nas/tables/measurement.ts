import type { Measurement } from './table.js';

/** A measurement in words. */
export function describeMeasurement({ set, split, epochs, seed }: Measurement): string {
  const seeds = seed === 'mean' ? 'mean over seeds' : seed === 'one' ? 'one seed' : `seed ${seed}`;
  return `${split} accuracy on ${set} after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ${seeds}`;
}

/** The measurements that agree with the wanted one in most of set, split, epochs and seed. */
export function nearestMeasurements(wanted: Measurement, all: readonly Measurement[]): Measurement[] {
  const agreement = (one: Measurement) =>
    (['set', 'split', 'epochs', 'seed'] as const).filter((field) => one[field] === wanted[field]).length;
  const most = Math.max(...all.map(agreement));
  return all.filter((one) => agreement(one) === most);
}
