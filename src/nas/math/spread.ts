import { AttributeError } from '../../engine/errors/errors.js';

/**
 * Mean, sample standard deviation (divisor n - 1; 0 for one value) and number of values.
 * @throws {AttributeError} without values, or with one that is not finite.
 */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new AttributeError('spread: got no values; wanted at least one.');
  const odd = values.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new AttributeError(`spread: got the value ${odd}; wanted finite numbers only.`);
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, count };
}

/** Mean, sample standard deviation (n - 1; 0 for one value) and number of values. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly count: number;
}
