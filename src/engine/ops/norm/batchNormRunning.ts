import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { checkFloat, checkRange } from '../record/checks.js';
import { checkRank, checkSameShape, gridOf, trafficOnly } from '../record/kernelCall.js';

/** Weight of a batch in running statistics where none is given (PyTorch's default). */
export const RUNNING_MOMENTUM = 0.1;

interface RunningAttributes {
  /** Weight of the batch. */
  readonly momentum: number;
  /** Elements of a channel in the batch. */
  readonly count: number;
}

/**
 * Moves running statistics towards a batch's, in place, by PyTorch's convention: running = (1 - momentum) * running +
 * momentum * batch, with the unbiased variance, biased * count / (count - 1).
 * @param runningMean a variable [C]
 * @param runningVariance a variable [C]
 * @param mean the batch's mean [C]
 * @param variance the batch's biased variance [C]
 * @throws AttributeError with fewer than two elements a channel; ShapeError
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
        `updateRunningStatistics: count is ${count}, wanted at least 2 elements a channel: one has no variance; use a larger batch`,
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
