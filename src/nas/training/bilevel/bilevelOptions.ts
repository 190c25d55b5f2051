import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { ImageSplit } from '../../data/images/imageSet.js';
import type { ImageShape } from '../../data/images/transform.js';
import type { Supernet } from '../../networks/classifier.js';
import type { Protocol } from '../../records/protocol.js';
import type { JointRule, SelfUpdatingRule, SeparateRule, UnpenalizedRule } from './relaxedRule.js';

/** Adam on the architecture parameters, with coupled weight decay. */
export interface ArchOptimizer {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  /** Largest 2-norm of the gradient of all architecture parameters; 0 or absent: no clipping. */
  readonly clipNorm?: number;
}

/** By the gradient of the validation loss at the present weights (Liu et al. 2019, DARTS, algorithm 1 with xi = 0). */
export interface FirstOrderUpdate {
  readonly kind: 'first-order';
  readonly rule: JointRule | SeparateRule;
  readonly archOptimizer: ArchOptimizer;
}

/**
 * By the gradient of the validation loss at the weights after one more step (Liu et al. 2019, DARTS, eq. 7 and 8), which neither
 * penalties nor separate updates are defined for.
 */
export interface SecondOrderUpdate {
  readonly kind: 'second-order';
  readonly rule: UnpenalizedRule;
  readonly archOptimizer: ArchOptimizer;
}

/** By the gradient of the training loss: weights and architecture parameters follow the same batches of all images. */
export interface SingleLevelUpdate {
  readonly kind: 'single-level';
  readonly rule: JointRule;
  readonly archOptimizer: ArchOptimizer;
}

/** By the rule itself, from the gradient of the validation loss at the present weights. */
export interface SelfUpdate {
  readonly kind: 'self';
  readonly rule: SelfUpdatingRule;
}

/** How architecture parameters are updated. */
export type ArchUpdate = FirstOrderUpdate | SecondOrderUpdate | SingleLevelUpdate | SelfUpdate;

export interface BilevelOptions {
  readonly engine: Compiler;
  readonly supernet: Supernet;
  readonly archUpdate: ArchUpdate;
  /** Epochs at the start in which the weights alone are trained; default 0. */
  readonly archStart?: number;
  readonly shape: ImageShape;
  /** Images that the weights are trained on. */
  readonly trainSplit: ImageSplit;
  /** Images that the architecture parameters are trained on; a single-level update trains both on both splits. */
  readonly validationSplit: ImageSplit;
  readonly protocol: Protocol;
  readonly seed: number;
  /** Aborts creation and training between two steps. */
  readonly signal?: AbortSignal;
}
