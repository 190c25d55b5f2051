import { AttributeError } from '../errors.js';
import type { Value } from '../graph/graph.js';
import type { Variable } from '../graph/variables.js';
import { updateRunningStatisticsOperation } from './batchNormRunning.js';
import { checkRank, gridOf, trafficOnly } from './kernelCall.js';
import { checkChannelRows, referenceRow } from './mixedSumCalls.js';
import type { Operation } from './operation.js';

interface TermAttributes {
  /** Normalised term whose statistics these are. */
  readonly term: number;
  /** Weight of the batch. */
  readonly momentum: number;
  /** Elements of a channel in the batch. */
  readonly count: number;
}

/**
 * Moves running statistics towards those of one normalised term of a mixed sum, in place, as `updateRunningStatistics`.
 * @param statistics [2 * normalised, C]: means, then biased variances
 * @throws AttributeError with fewer than two elements a channel; ShapeError
 */
export function updateMixedStatistics(
  running: { readonly mean: Variable; readonly variance: Variable },
  statistics: Value,
  { term, momentum = 0.1, count }: { term: number; momentum?: number; count: number },
): void {
  const { graph } = statistics;
  const inputs = [graph.read(running.mean), graph.read(running.variance), statistics];
  graph.apply(updateMixedStatisticsOperation, inputs, { term, momentum, count });
}

/** Inputs: running mean, running variance [C]; statistics of all terms. */
export const updateMixedStatisticsOperation: Operation<TermAttributes> = {
  name: 'updateMixedStatistics',
  inPlace: [0, 1],
  infer: ([runningMean, runningVariance, statistics], attributes) => {
    const { term } = attributes;
    checkRank('updateMixedStatistics', 'statistics', statistics, 2);
    const [rows] = statistics.shape;
    checkChannelRows('updateMixedStatistics', 'statistics', statistics, rows, runningMean);
    if (!Number.isInteger(term) || term < 0 || 2 * term + 1 >= rows)
      throw new AttributeError(`updateMixedStatistics: term is ${term}, wanted one of the ${rows / 2} there are`);
    return updateRunningStatisticsOperation.infer(
      [runningMean, runningVariance, runningMean, runningVariance],
      attributes,
    );
  },
  lower: ({ inputs: [runningMean, runningVariance, statistics], attributes: { term, momentum, count } }) => [
    {
      kernel: 'norm/updateRunningStatistics',
      uniforms: {
        vectors: statistics.vectors,
        runningMeanOffset: runningMean.offset,
        runningVarianceOffset: runningVariance.offset,
        meanOffset: statistics.offset + term * statistics.stride,
        varianceOffset: statistics.offset + (statistics.rows / 2 + term) * statistics.stride,
        momentum,
        correction: count / (count - 1),
      },
      bindings: {
        mean: statistics.operand,
        variance: statistics.operand,
        runningMean: runningMean.operand,
        runningVariance: runningVariance.operand,
      },
      grid: gridOf(statistics.vectors),
    },
  ],
  reference: ([runningMean, runningVariance, statistics], attributes) => {
    const shape = runningMean.shape;
    const mean = referenceRow(statistics, attributes.term);
    const variance = referenceRow(statistics, statistics.shape[0] / 2 + attributes.term);
    return updateRunningStatisticsOperation.reference(
      [runningMean, runningVariance, { shape, data: mean }, { shape, data: variance }],
      attributes,
    );
  },
  cost: trafficOnly,
  sumLength: () => 2,
  samples: [
    {
      name: 'the second of three terms',
      inputs: [{ shape: [7] }, { shape: [7], fill: 'positive' }, { shape: [6, 7], fill: 'positive' }],
      attributes: { term: 1, momentum: 0.1, count: 6 },
    },
  ],
};
