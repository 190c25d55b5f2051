import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { physicalSize, type ValueType } from '../../graph/types.js';
import { checkIntegerList } from '../record/shapeChecks.js';
import { NO_SAMPLE } from './noSample.js';

/**
 * Gathers the labels of a batch.
 * @param labels u32 [images]
 * @param indices u32 [batch]; NO_SAMPLE, or any index beyond the last label, gives NO_SAMPLE
 * @returns u32 [batch]
 * @throws {DTypeError} when an argument is not u32
 * @throws {ShapeError} when an argument is not of rank 1
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function gatherLabels(labels: Value, indices: Value): Value {
  return labels.graph.apply(gatherLabelsOperation, [labels, indices], {})[0];
}

export const gatherLabelsOperation: Operation<Record<string, never>> = {
  name: 'gatherLabels',
  infer: ([labels, indices]: readonly ValueType[]) => {
    checkIntegerList('gatherLabels', 'labels', labels);
    checkIntegerList('gatherLabels', 'indices', indices);
    return [indices];
  },
  lower: ({ inputs: [labels, indices], outputs: [y] }) => [
    {
      kernel: 'data/gatherLabels',
      uniforms: { count: y.type.shape[0], padded: physicalSize(y.type), labelCount: labels.type.shape[0] },
      bindings: { labels: labels.operand, indices: indices.operand, y: y.operand },
      grid: [Math.ceil(physicalSize(y.type) / 64), 1, 1],
    },
  ],
  reference: ([labels, indices]) => [indices.data.map((index) => labels.data[index] ?? NO_SAMPLE)],
  cost: (_, [y]) => ({ multiplyAdds: 0, bytes: physicalSize(y) * 12 }),
  reductionLength: () => 1,
  samples: [
    {
      name: 'some indices without a label',
      inputs: [
        { shape: [5], dtype: 'u32', fill: { integersBelow: 10 } },
        { shape: [70], dtype: 'u32', fill: { integersBelow: 7 } },
      ],
      attributes: {},
    },
  ],
};
