import type { Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import type { Regularization, TrainingLogits } from './regularization.js';

/** `train`: batch statistics, running averages move, drop-out acts. `evaluate`: the network as it will be used. */
export type NetworkMode = 'train' | 'evaluate';

/** A network from images to class scores. Its variables are made once; it is traced once for every program. */
export interface Classifier {
  readonly weights: VariableSet;
  /** Running averages of batch norm; empty where batches are normalised by themselves. */
  readonly runningStatistics: VariableSet;
  /** @param images [batch, size, size, channels], normalised @returns logits [batch, classes] */
  forward(images: Value, mode: NetworkMode): Value;
  /** `forward` in mode `train`, regularised and with an auxiliary classifier; absent where a space has neither. */
  train?(images: Value, regularization: Regularization): TrainingLogits;
}

/** How a supernet's candidates are normalised. */
export interface SupernetOptions {
  /** Scale and shift of batch norm in the candidates. */
  readonly affine: boolean;
  /**
   * `batch`: always by the batch's own statistics; `running`: running averages are kept, and used in evaluation; `reestimated`,
   * of a gated supernet: they are used in evaluation, but whoever evaluates an architecture estimates them for it anew.
   */
  readonly batchNorm: 'batch' | 'running' | 'reestimated';
  /**
   * Every candidate is computed by itself, and only in runs in which its gate is open: for methods that sample. False, the
   * default: all candidates of a node together, in every run.
   */
  readonly gated?: boolean;
  /** Which candidates there are: for every table of the space's relaxation [edges, operations], row-major. Absent: all. */
  readonly candidates?: readonly (readonly boolean[])[];
  /**
   * The inside of every cell is computed anew for its gradient instead of being kept: about a third more dispatches, and the
   * memory of one cell in place of that of all.
   */
  readonly checkpoint?: boolean;
  /** Candidates see one part of so many of a node's channels (PC-DARTS' K); 1, the default: all. */
  readonly partial?: number;
}

/** What weighs the candidates of a supernet in one pass; one value for every table of the space's relaxation. */
export interface Mixture {
  /** [edges, operations]. A candidate of weight zero is not read and gets no gradient. */
  readonly weights: readonly Value[];
  /**
   * Feeds [edges, operations]: where zero, the candidate is not computed, and its weight has to be zero. Of a gated supernet;
   * left out, the weights are the gates and have to be feeds.
   */
  readonly gates?: readonly Value[];
  /** `[edges]`: what channels that pass the candidates by are multiplied with on each edge (PC-DARTS); 1 where absent. */
  readonly edges?: readonly Value[];
  /** Applied to the node that skip connections of stride 1 pass on (P-DARTS' drop-out). */
  skip?(node: Value): Value;
}

/** A network of all architectures of a space at once, each candidate multiplied by a weight. */
export interface Supernet extends Classifier {
  /** Architecture parameters, a variable [edges, operations] for every table of the space's relaxation and of its name. */
  readonly alphas: VariableSet;
  /** @param mixture left out: the softmax of the architecture parameters; of a gated supernet: feeds by the tables' names */
  forward(images: Value, mode: NetworkMode, mixture?: Mixture): Value;
}
