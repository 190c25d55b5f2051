import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';

import { batchNormInference } from './batchNormInference.js';
import { type RunningStatistics, trackStatistics } from './batchNormRunning.js';
import { batchNormTraining } from './batchNormTraining.js';

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** `training`: normalise with batch statistics; `inference`: with running statistics. */
  readonly mode: 'training' | 'inference';
  /** Scale per channel, f32 [C]; given together with `beta` or not at all. */
  readonly gamma?: Value;
  /** Shift per channel, f32 [C]. */
  readonly beta?: Value;
  /** Added to the variance; 1e-5 where absent. */
  readonly epsilon?: number;
  /** Running mean and variance, f32 [C] each: updated in training, used in inference; optional in training. */
  readonly running?: RunningStatistics;
  /** Weight of the batch in the running statistics (PyTorch's momentum), 0 to 1; 0.1 where absent. */
  readonly momentum?: number;
  /** Apply a ReLU to the result in the same pass; its gradient recomputes the sign from x. False where absent. */
  readonly relu?: boolean;
}

/**
 * Batch normalisation over all dimensions but the last, with running statistics (Ioffe and Szegedy 2015, algorithms 1 and
 * 2): y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel.
 * @param x f32 [..., C] of rank 2 or more, in layout rows
 * @returns a value of the type of x
 * @throws {AttributeError} when gamma or beta is given alone, inference has no running statistics, epsilon or momentum is
 *   out of its range, or running statistics are updated from fewer than two elements per channel
 * @throws {ShapeError} when shapes or layouts do not fit
 * @throws {DTypeError} when a value is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function batchNorm(x: Value, options: BatchNormOptions): Value {
  const { mode, gamma, beta, epsilon, running, momentum, relu } = options;
  if ((gamma === undefined) !== (beta === undefined))
    throw new AttributeError(
      `batchNorm: got ${gamma ? 'gamma without beta' : 'beta without gamma'}, wanted both or neither`,
    );
  const affine = gamma && beta && { gamma, beta };
  if (mode === 'training') {
    const { y, mean, variance } = batchNormTraining(x, { affine, epsilon, relu });
    if (running) trackStatistics(running, x, { mean, variance }, momentum);
    return y;
  }
  if (!running)
    throw new AttributeError(
      'batchNorm: got mode inference without `running`, wanted running statistics; pass them, or use mode training',
    );
  return batchNormInference(x, x.graph.read(running.mean), x.graph.read(running.variance), { affine, epsilon, relu });
}
