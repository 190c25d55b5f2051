import { PredictorError } from './errors.js';
import type { Features } from './predictor.js';

/** Targets with mean 0 and deviation 1, and the parameters to convert them back. */
export interface StandardisedTargets {
  readonly values: Float64Array;
  readonly mean: number;
  /** Population standard deviation; 1 where all targets are equal. */
  readonly scale: number;
}

/** @throws {PredictorError} without rows, with another number of targets than rows, or when a number is not finite */
export function standardiseTargets(
  predictor: string,
  features: Features,
  targets: ArrayLike<number>,
): StandardisedTargets {
  const { rows, width } = features;
  if (rows < 1 || width < 1)
    throw new PredictorError(`${predictor}: fit got ${rows} rows of ${width} features, wanted at least one of each`);
  if (targets.length !== rows)
    throw new PredictorError(`${predictor}: fit got ${targets.length} targets, wanted one for each of ${rows} rows`);
  requireFinite(predictor, 'fit', features);
  let mean = 0;
  for (let i = 0; i < rows; i++) {
    if (!Number.isFinite(targets[i]))
      throw new PredictorError(
        `${predictor}: fit got target ${i} = ${targets[i]}, wanted finite numbers; leave such rows out`,
      );
    mean += targets[i] / rows;
  }
  let squares = 0;
  for (let i = 0; i < rows; i++) squares += (targets[i] - mean) ** 2;
  // Smaller deviations are rounding errors.
  const deviation = Math.sqrt(squares / rows);
  const scale = deviation > 1e-12 * Math.abs(mean) ? deviation : 1;
  return { values: Float64Array.from(targets, (target) => (target - mean) / scale), mean, scale };
}

/** The state of a fitted predictor. @throws {PredictorError} before `fit`, for rows of another width, or when a feature is not finite */
export function requireFitted<T extends { readonly width: number }>(
  predictor: string,
  fitted: T | undefined,
  features: Features,
): T {
  if (!fitted) throw new PredictorError(`${predictor}: predict before fit; fit it first`);
  if (features.width !== fitted.width)
    throw new PredictorError(
      `${predictor}: predict got ${features.width} features a row, wanted ${fitted.width} as in fit; use the same encoding for both`,
    );
  requireFinite(predictor, 'predict', features);
  return fitted;
}

function requireFinite(predictor: string, operation: string, { values, width }: Features): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new PredictorError(
        `${predictor}: ${operation} got feature ${i % width} of row ${Math.floor(i / width)} = ${values[i]}, wanted finite numbers`,
      );
}
