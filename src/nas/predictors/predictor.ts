import type { z } from 'zod';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Space } from '../spaces/shared/space.js';

/** A matrix with one row for each architecture: values[row * width + column]. */
export interface Features {
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** Predictions for every row. */
export interface Prediction {
  readonly mean: Float64Array;
  /** Standard deviation of the prediction; absent where the predictor does not estimate it. */
  readonly deviation?: Float64Array;
}

/** Context of a predictor. */
export interface PredictorContext {
  readonly space: Space;
  readonly seed: number;
  /** For predictors that are networks. */
  engine?(): Promise<Compiler>;
  /** Aborts `fit` of predictors that are networks between two steps. */
  readonly signal?: AbortSignal;
}

/** A predictor that can be fitted; fitting again replaces the earlier fit. */
export interface Regressor {
  /** @param targets one for each row @throws {PredictorError} without rows, or when a number is not finite */
  fit(features: Features, targets: ArrayLike<number>): void | Promise<void>;
  /** @throws {PredictorError} before `fit`, or when the width differs from the fitted one */
  predict(features: Features): Prediction | Promise<Prediction>;
  /** Frees what it holds on a device. */
  dispose?(): void;
}

/** A kind of predictor; its options have defaults. */
export interface Predictor<Options = unknown> {
  readonly name: string;
  readonly options: z.ZodType<Options>;
  /** Whether it computes on a device. */
  readonly needsEngine: boolean;
  /** The encoding that it is designed for; a predictor of `adjacency` takes no other. */
  readonly encoding: EncodingName;
  create(context: PredictorContext, options: Options): Regressor;
}

/**
 * `one-hot`: every choice; `adjacency`: the adjacency matrix and the one-hot operations of the operation graph; `path`: the paths of
 * operations from input to output (BANANAS, 1910.11858).
 */
export type EncodingName = 'one-hot' | 'adjacency' | 'path';
