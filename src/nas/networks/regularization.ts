import type { Value } from '../../engine/graph/graph.js';

/** Regularisation inside a network. */
export interface Regularization {
  /**
   * Drop path: sets the output of an edge to zero for random images, with the probability of the step, and scales the others up.
   * @param place unique name of the edge, of which the random numbers are a function
   */
  readonly dropPath?: (x: Value, place: string) => Value;
}

/** Outputs of a network in training. */
export interface TrainingLogits {
  /** [batch, classes] */
  readonly logits: Value;
  /** Logits `[batch, classes]` of the auxiliary classifier, if the network has one. */
  readonly auxiliary?: Value;
}
