import type { Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import type { Regularization, TrainingLogits } from './regularization.js';

/** `train`: batch statistics are used, running statistics are updated, drop-out is active. `evaluate`: inference. */
export type NetworkMode = 'train' | 'evaluate';

/** A network from images to class scores. It is built once and traced once for every program. */
export interface Classifier {
  readonly weights: VariableSet;
  /** Running statistics of batch norm; empty when batches are normalised by their own statistics. */
  readonly runningStatistics: VariableSet;
  /** @param images [batch, size, size, channels], normalised @returns logits [batch, classes] */
  forward(images: Value, mode: NetworkMode): Value;
  /** `forward` in mode `train` with regularisation and the auxiliary classifier; absent when a space has neither. */
  train?(images: Value, regularization: Regularization): TrainingLogits;
}

/** How a supernet is built. */
export interface SupernetOptions {
  /** Scale and shift of batch norm in the candidates. */
  readonly affine: boolean;
  /**
   * `batch`: always the statistics of the batch. `running`: running statistics are updated in training and used in evaluation.
   * `reestimated`, for gated supernets: running statistics are used in evaluation, and re-estimated for every architecture before.
   */
  readonly batchNorm: 'batch' | 'running' | 'reestimated';
  /**
   * True: every candidate is computed separately, and only in runs in which its gate is open, for methods that sample. Default: all
   * candidates of a node are computed together, in every run.
   */
  readonly gated?: boolean;
  /** Which candidates exist: for every table of the space's relaxation [edges, operations], row-major. Default: all. */
  readonly candidates?: readonly (readonly boolean[])[];
  /**
   * Gradient checkpointing: the inside of every cell is recomputed in the backward pass. About a third more dispatches, and the memory
   * of the inside of one cell in place of all.
   */
  readonly checkpoint?: boolean;
  /** Candidates process 1 / partial of a node's channels (PC-DARTS' K); default 1. */
  readonly partial?: number;
}

/** Weights of the candidates of a supernet in one pass, with one value for every table of the space's relaxation. */
export interface Mixture {
  /** [edges, operations]. A candidate of weight zero is not read and has no gradient. */
  readonly weights: readonly Value[];
  /**
   * Feeds [edges, operations], for gated supernets: where zero, the candidate is not computed, and its weight must be zero. Default:
   * the weights, which must then be feeds.
   */
  readonly gates?: readonly Value[];
  /** `[edges]`: factor of the channels that bypass the candidates of each edge (PC-DARTS); default 1. */
  readonly edges?: readonly Value[];
  /** Applied to the input of skip connections of stride 1 (P-DARTS' drop-out). */
  skip?(node: Value): Value;
}

/** A network that contains all architectures of a space: every candidate operation, multiplied by a weight. */
export interface Supernet extends Classifier {
  /** Architecture parameters: for every table of the space's relaxation a variable [edges, operations] of the same name. */
  readonly alphas: VariableSet;
  /** @param mixture default: the softmax of the architecture parameters; of a gated supernet: feeds named as the tables */
  forward(images: Value, mode: NetworkMode, mixture?: Mixture): Value;
}
