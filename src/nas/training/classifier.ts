import type { Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import type { Regularization, TrainingLogits } from './regularization.js';

/** `train`: batch statistics, running averages move, drop-out acts. `evaluate`: the network as it will be used. */
export type NetworkMode = 'train' | 'evaluate';

/** A network from images to class scores. Its variables are made once; it is traced once for every program. */
export interface Classifier {
  readonly weights: VariableSet;
  /** Running averages of batch norm; empty where batches are normalised by themselves. */
  readonly averages: VariableSet;
  /** @param images [batch, size, size, channels], normalised @returns logits [batch, classes] */
  forward(images: Value, mode: NetworkMode): Value;
  /** `forward` in mode `train`, regularised and with an auxiliary classifier; absent where a space has neither. */
  train?(images: Value, regularization: Regularization): TrainingLogits;
}

/** How a supernet's candidates are normalised. */
export interface SupernetOptions {
  /** Scale and shift of batch norm in the candidates. */
  readonly affine: boolean;
  /** `batch`: always by the batch's own statistics; `running`: running averages are kept, and used in evaluation. */
  readonly batchNorm: 'batch' | 'running';
  /**
   * What weighs the candidates. `alphas`, the default: the softmax of the architecture parameters, all candidates of all edges in
   * every step. `feeds`: tables [edges, operations] that every run is given, named as the architecture parameters are; a candidate
   * whose weight is zero is neither computed nor read in that run, and gets no gradient. For methods that sample.
   */
  readonly mixture?: 'alphas' | 'feeds';
  /**
   * The inside of every cell is computed anew for its gradient instead of being kept: about a third more dispatches, and the
   * memory of one cell in place of that of all.
   */
  readonly checkpoint?: boolean;
  /** Candidates see one part of so many of a node's channels (PC-DARTS' K); 1, the default: all. */
  readonly partial?: number;
}

/** A network of all architectures of a space at once, mixed by architecture parameters. */
export interface Supernet extends Classifier {
  /** Architecture parameters: one variable, [edges, operations], before the softmax. */
  readonly alphas: VariableSet;
  /** The architecture that the parameters stand for, as text; `alphas` row-major. */
  derive(alphas: ArrayLike<number>): string;
}
