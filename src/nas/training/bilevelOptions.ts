import type { Compiler } from '../../engine/runtime/compiler.js';
import type { ImageSplit } from '../data/images/imageSet.js';
import type { Supernet } from '../networks/classifier.js';
import type { Protocol } from '../records/protocol.js';
import type { ImageShape } from './imageBatch.js';
import type { RelaxedRule } from './relaxedRule.js';

/** Adam on the architecture parameters, weight decay coupled. */
export interface AlphaOptimizer {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  /** Largest 2-norm of the gradient of all architecture parameters; 0 or absent: as it is. */
  readonly clipNorm?: number;
}

/**
 * What the architecture parameters follow. `first`: the gradient of the loss on the other half of the images at the weights as they
 * are (Liu et al. 2019, DARTS, algorithm 1 with xi = 0). `second`: that at the weights after one more step (eq. 7 and 8).
 * `single`: the same batch of all images that the weights follow.
 */
export type Order = 'first' | 'second' | 'single';

export interface BilevelOptions {
  readonly engine: Compiler;
  readonly supernet: Supernet;
  readonly rule: RelaxedRule;
  readonly order?: Order;
  /** Epochs at the start in which the weights alone are trained. */
  readonly alphaStart?: number;
  readonly shape: ImageShape;
  /** Half that the weights are trained on. */
  readonly weights: ImageSplit;
  /** Half that the architecture parameters are trained on. */
  readonly alphas: ImageSplit;
  readonly protocol: Protocol;
  readonly alphaOptimizer: AlphaOptimizer;
  readonly seed: number;
}
