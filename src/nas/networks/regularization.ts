import type { Value } from '../../engine/graph/graph.js';

/** What training does to a network beyond its loss. */
export interface Regularization {
  /**
   * Drop path: sets a value of an edge to zero, image by image, with the probability of the step, and scales the others up.
   * @param place a name of its own for every edge of the network
   */
  readonly dropPath?: (x: Value, place: string) => Value;
}

/** What a network gives in training. */
export interface TrainingLogits {
  /** [batch, classes] */
  readonly logits: Value;
  /** Those of the auxiliary classifier, if the network has one. */
  readonly auxiliary?: Value;
}
