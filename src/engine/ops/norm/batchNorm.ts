import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import { channelsOf, logicalSize } from '../../graph/types.js';
import type { Variable } from '../../graph/variables.js';
import { batchNormInference } from './batchNormInference.js';
import { updateRunningStatistics } from './batchNormRunning.js';
import { batchNormTraining } from './batchNormTraining.js';

export interface BatchNormOptions {
  /** `training`: by the batch's own statistics; `inference`: by the running ones. */
  readonly mode: 'training' | 'inference';
  /** Factor [C] of every channel, with `beta`; neither: not affine. */
  readonly gamma?: Value;
  readonly beta?: Value;
  /** Added to the variance; 1e-5 where absent. */
  readonly epsilon?: number;
  /** Running mean and variance, [C] each: moved in training, used in inference. Without them training keeps none. */
  readonly running?: { readonly mean: Variable; readonly variance: Variable };
  /** Weight of the batch in the running statistics; 0.1 where absent. */
  readonly momentum?: number;
  /** max(y, 0) in place of y, in the same pass; the gradient finds where from x. */
  readonly relu?: boolean;
}

/**
 * Batch normalisation over all dimensions but the last (Ioffe and Szegedy 2015), running statistics included.
 * @param x [..., C]
 * @throws AttributeError (gamma without beta, inference without running statistics), ShapeError
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
    if (running) {
      const count = logicalSize(x.type) / channelsOf(x.type);
      const [runningMean, runningVariance] = [x.graph.read(running.mean), x.graph.read(running.variance)];
      updateRunningStatistics(runningMean, runningVariance, mean, variance, { momentum, count });
    }
    return y;
  }
  if (!running)
    throw new AttributeError(
      'batchNorm: mode is inference without running statistics; pass `running`, or use mode training',
    );
  return batchNormInference(x, x.graph.read(running.mean), x.graph.read(running.variance), { affine, epsilon, relu });
}
