import type { z } from 'zod';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Space } from '../spaces/shared/space.js';

/** Rows of numbers, one an architecture: values[row * width + column]. */
export interface Features {
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** What a predictor says of every row. */
export interface Prediction {
  readonly mean: Float64Array;
  /** How unsure it is, as a standard deviation; absent where it can't tell. */
  readonly deviation?: Float64Array;
}

/** What a predictor is made from. */
export interface PredictorContext {
  readonly space: Space;
  readonly seed: number;
  /** For predictors that are networks. */
  engine?(): Promise<Compiler>;
  /** Aborts `fit` of predictors that are networks between two steps. */
  readonly signal?: AbortSignal;
}

/** A predictor to be fitted; fitting again forgets what was fitted before. */
export interface Regressor {
  /** @param targets one a row @throws PredictorError with no rows, or targets that are no numbers */
  fit(features: Features, targets: ArrayLike<number>): void | Promise<void>;
  /** @throws PredictorError before `fit`, or if the width is another */
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
  /** The encoding it is made for; others may be given where it is not `adjacency`. */
  readonly encoding: EncodingName;
  create(context: PredictorContext, options: Options): Regressor;
}

/** `one-hot`: every choice; `adjacency`: the operation graph, as a matrix of edges and the operations of the nodes, one-hot; `path`: which paths of operations lead from input to output (BANANAS, 1910.11858). */
export type EncodingName = 'one-hot' | 'adjacency' | 'path';
