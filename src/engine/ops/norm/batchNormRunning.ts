import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, logicalSize } from '../../graph/types.js';
import type { Variable } from '../../graph/variables.js';
import { checkFloat, checkRange } from '../record/checks.js';
import { checkRank, checkSameShape, gridOf, trafficOnly } from '../record/kernelCall.js';

/** Weight of a batch in running statistics where none is given (PyTorch's default). */
export const RUNNING_MOMENTUM = 0.1;

interface RunningAttributes {
  /** Weight of the batch. */
  readonly momentum: number;
  /** Elements per channel in the batch. */
  readonly count: number;
}

/** Exponential moving averages of batch statistics, f32 [C] each. */
export interface RunningStatistics {
  readonly mean: Variable;
  readonly variance: Variable;
}

/**
 * Updates running statistics with the statistics of a batch.
 * @param x the values that were normalised, [..., C]
 * @param batch mean and biased variance of x, f32 [C] each
 * @param momentum weight of the batch; 0.1 where absent
 * @throws as `updateRunningStatistics`
 */
export function trackStatistics(
  running: RunningStatistics,
  x: Value,
  batch: { readonly mean: Value; readonly variance: Value },
  momentum: number | undefined,
): void {
  const count = logicalSize(x.type) / channelsOf(x.type);
  const [mean, variance] = [x.graph.read(running.mean), x.graph.read(running.variance)];
  updateRunningStatistics(mean, variance, batch.mean, batch.variance, { momentum, count });
}

/**
 * Updates running statistics in place, by PyTorch's convention: running = (1 - momentum) * running + momentum * batch, with
 * the unbiased variance, biased * count / (count - 1).
 * @param runningMean f32 [C], as `graph.read` returns it
 * @param runningVariance f32 [C], as `graph.read` returns it
 * @param mean mean of the batch, f32 [C]
 * @param variance biased variance of the batch, f32 [C]
 * @param options momentum: weight of the batch, 0.1 where absent; count: elements per channel
 * @throws {AttributeError} when count is below 2, or momentum not from 0 to 1
 * @throws {ShapeError | DTypeError} when the values are not f32 of one shape [C]
 * @throws {OwnershipError} when the running statistics are no variables, or the values belong to different graphs
 */
export function updateRunningStatistics(
  runningMean: Value,
  runningVariance: Value,
  mean: Value,
  variance: Value,
  { momentum = RUNNING_MOMENTUM, count }: { momentum?: number; count: number },
): { mean: Value; variance: Value } {
  const inputs = [runningMean, runningVariance, mean, variance];
  const outputs = runningMean.graph.apply(updateRunningStatisticsOperation, inputs, { momentum, count });
  return { mean: outputs[0], variance: outputs[1] };
}

export const updateRunningStatisticsOperation: Operation<RunningAttributes> = {
  name: 'updateRunningStatistics',
  inPlace: [0, 1],
  infer: (types, { momentum, count }) => {
    checkSameShape('updateRunningStatistics', types);
    checkFloat('updateRunningStatistics', 'runningMean', types[0]);
    checkRank('updateRunningStatistics', 'runningMean', types[0], 1);
    checkRange('updateRunningStatistics', 'momentum', momentum, 0, 1);
    if (!Number.isInteger(count) || count < 2)
      throw new AttributeError(
        `updateRunningStatistics: count is ${count}, wanted at least 2 elements per channel: one has no unbiased variance; use a larger batch`,
      );
    return [types[0], types[1]];
  },
  lower: ({ inputs: [runningMean, runningVariance, mean, variance], attributes: { momentum, count } }) => [
    {
      kernel: 'norm/updateRunningStatistics',
      uniforms: {
        vectors: mean.vectors,
        runningMeanOffset: runningMean.offset,
        runningVarianceOffset: runningVariance.offset,
        meanOffset: mean.offset,
        varianceOffset: variance.offset,
        momentum,
        correction: count / (count - 1),
      },
      bindings: {
        mean: mean.operand,
        variance: variance.operand,
        runningMean: runningMean.operand,
        runningVariance: runningVariance.operand,
      },
      grid: gridOf(mean.vectors),
    },
  ],
  reference: ([runningMean, runningVariance, mean, variance], { momentum, count }) => [
    runningMean.data.map((value, i) => (1 - momentum) * value + momentum * mean.data[i]),
    runningVariance.data.map(
      (value, i) => (1 - momentum) * value + (momentum * variance.data[i] * count) / (count - 1),
    ),
  ],
  cost: trafficOnly,
  reductionLength: () => 2,
  samples: [
    {
      name: 'odd size',
      inputs: [{ shape: [7] }, { shape: [7], fill: 'positive' }, { shape: [7] }, { shape: [7], fill: 'positive' }],
      attributes: { momentum: 0.1, count: 6 },
    },
  ],
};
