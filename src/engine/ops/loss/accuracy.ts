import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { valueType } from '../../graph/types.js';
import { trafficOnly } from '../record/kernelCall.js';
import { checkSamples, type Reduction, sampleCalls } from './sampleReduction.js';

/**
 * Number of correctly classified samples: those whose largest logit is at their label. Of equal logits the first counts as
 * the largest. It has no gradient.
 * @param logits f32 [N, K]
 * @param labels u32 [N] of class indices below K; other values, `NO_SAMPLE` by convention, mark empty positions
 * @returns a scalar, f32 []
 * @throws {ShapeError} when the shapes do not fit
 * @throws {DTypeError} when the logits are u32 or f16, or the labels are not u32
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function correctCount(logits: Value, labels: Value): Value {
  return logits.graph.apply(accuracyOperation, [logits, labels], { reduction: 'sum' })[0];
}

/**
 * Accuracy: the fraction of the samples, empty positions left out, whose largest logit is at their label; 0 without samples.
 * Of equal logits the first counts as the largest. It has no gradient.
 * @param logits f32 [N, K]
 * @param labels u32 [N] of class indices below K; other values, `NO_SAMPLE` by convention, mark empty positions
 * @returns a scalar, f32 [], between 0 and 1
 * @throws {ShapeError} when the shapes do not fit
 * @throws {DTypeError} when the logits are u32 or f16, or the labels are not u32
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function accuracy(logits: Value, labels: Value): Value {
  return logits.graph.apply(accuracyOperation, [logits, labels], { reduction: 'mean' })[0];
}

export const accuracyOperation: Operation<{ readonly reduction: Reduction }> = {
  name: 'accuracy',
  infer: ([logits, labels], { reduction }) => {
    checkSamples('accuracy', logits, labels, reduction);
    return [valueType([])];
  },
  lower: ({ inputs: [logits, labels], outputs: [total], attributes: { reduction }, scratch }) =>
    sampleCalls('loss/correct', {}, { logits, labels, total, weight: undefined }, reduction, scratch),
  reference: ([logits, labels], { reduction }) => {
    const [samples, classes] = logits.shape;
    let hits = 0;
    let count = 0;
    for (let n = 0; n < samples; n++) {
      if (labels.data[n] >= classes) continue;
      const row = logits.data.subarray(n * classes, (n + 1) * classes);
      if (row.indexOf(Math.max(...row)) === labels.data[n]) hits++;
      count++;
    }
    return [Float64Array.of(reduction === 'sum' ? hits : hits / Math.max(count, 1))];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    {
      name: 'count, with ties, some samples missing',
      inputs: [
        { shape: [23, 3], fill: 'ties' },
        { shape: [23], dtype: 'u32', fill: { integersBelow: 4 } },
      ],
      attributes: { reduction: 'sum' },
    },
    {
      name: 'share of many samples',
      inputs: [{ shape: [301, 5] }, { shape: [301], dtype: 'u32', fill: { integersBelow: 6 } }],
      attributes: { reduction: 'mean' },
    },
  ],
};
