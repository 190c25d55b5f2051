import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation, ReferenceTensor } from '../../graph/operation.js';
import { formatType, valueType } from '../../graph/types.js';
import { checkFloat, checkRange } from '../record/checks.js';
import { gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { checkSamples, type Reduction, sampleCalls } from './sampleReduction.js';

interface CrossEntropyAttributes {
  /** Weight of the uniform distribution over the classes in the target. */
  readonly labelSmoothing: number;
  readonly reduction: Reduction;
}

/**
 * Softmax cross entropy. With label smoothing the target is (1 - labelSmoothing) at the label plus labelSmoothing / K at
 * every class (Szegedy et al. 2016, "Rethinking the Inception architecture", section 7).
 * @param logits f32 [N, K]
 * @param labels u32 [N] of class indices below K; other values, `NO_SAMPLE` by convention, mark empty positions, which add
 *   nothing to the sum and do not count in the mean (0 without samples)
 * @param options reduction over the samples, `mean` where absent; labelSmoothing from 0 to 1, 0 where absent
 * @returns a scalar, f32 []
 * @throws {ShapeError} when the shapes do not fit
 * @throws {DTypeError} when the logits are u32 or f16, or the labels are not u32
 * @throws {AttributeError} when an option is out of its range
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function crossEntropy(
  logits: Value,
  labels: Value,
  options: { labelSmoothing?: number; reduction?: Reduction } = {},
): Value {
  const { labelSmoothing = 0, reduction = 'mean' } = options;
  return logits.graph.apply(crossEntropyOperation, [logits, labels], { labelSmoothing, reduction })[0];
}

/** Label and log-probabilities of every position, and whether it holds a sample. */
function* referenceSamples(logits: ReferenceTensor, labels: ReferenceTensor) {
  const [samples, classes] = logits.shape;
  for (let n = 0; n < samples; n++) {
    const row = logits.data.subarray(n * classes, (n + 1) * classes);
    const top = Math.max(...row);
    const logTotal = top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
    yield { n, label: labels.data[n], isThere: labels.data[n] < classes, logs: row.map((value) => value - logTotal) };
  }
}

function targetOf(k: number, label: number, classes: number, smoothing: number): number {
  return (k === label ? 1 - smoothing : 0) + smoothing / classes;
}

/** Outputs: the loss, and the weight of a sample in it (mean: 1 / samples; sum: 1). */
export const crossEntropyOperation: Operation<CrossEntropyAttributes> = {
  name: 'crossEntropy',
  infer: ([logits, labels], { labelSmoothing, reduction }) => {
    checkSamples('crossEntropy', logits, labels, reduction);
    checkRange('crossEntropy', 'labelSmoothing', labelSmoothing, 0, 1);
    return [valueType([]), valueType([])];
  },
  lower: ({ inputs: [logits, labels], outputs: [total, weight], attributes, scratch }) =>
    sampleCalls(
      'loss/crossEntropy',
      { smoothing: attributes.labelSmoothing },
      { logits, labels, total, weight },
      attributes.reduction,
      scratch,
    ),
  gradient: ({ inputs: [logits, labels], outputs: [, weight], outputGradients: [dloss], attributes }) => {
    const { labelSmoothing } = attributes;
    const inputs = [logits, labels, weight];
    return [dloss?.graph.apply(crossEntropyGradientOperation, [dloss, ...inputs], { labelSmoothing })[0], undefined];
  },
  reference: ([logits, labels], { labelSmoothing, reduction }) => {
    let total = 0;
    let count = 0;
    for (const { label, isThere, logs } of referenceSamples(logits, labels)) {
      if (!isThere) continue;
      count++;
      logs.forEach((log, k) => {
        total -= targetOf(k, label, logs.length, labelSmoothing) * log;
      });
    }
    const weight = reduction === 'sum' ? 1 : count > 0 ? 1 / count : 0;
    return [Float64Array.of(total * weight), Float64Array.of(weight)];
  },
  cost: trafficOnly,
  reductionLength: ([logits]) => logits.shape[0] * logits.shape[1],
  samples: [
    {
      name: 'mean, some samples missing',
      inputs: [{ shape: [7, 5] }, { shape: [7], dtype: 'u32', fill: { integersBelow: 8 } }],
      attributes: { labelSmoothing: 0, reduction: 'mean' },
    },
    {
      name: 'smoothed sum',
      inputs: [{ shape: [5, 10] }, { shape: [5], dtype: 'u32', fill: { integersBelow: 10 } }],
      attributes: { labelSmoothing: 0.1, reduction: 'sum' },
    },
    {
      name: 'many samples',
      inputs: [{ shape: [301, 3] }, { shape: [301], dtype: 'u32', fill: { integersBelow: 4 } }],
      attributes: { labelSmoothing: 0.2, reduction: 'mean' },
    },
  ],
};

/** Gradient by the logits. Inputs: dloss, logits, labels, the weight of a sample. */
export const crossEntropyGradientOperation: Operation<{ readonly labelSmoothing: number }> = {
  name: 'crossEntropyGradient',
  infer: ([dloss, logits, labels, weight], { labelSmoothing }) => {
    checkSamples('crossEntropyGradient', logits, labels, 'sum');
    checkRange('crossEntropyGradient', 'labelSmoothing', labelSmoothing, 0, 1);
    for (const [argument, type] of Object.entries({ dloss, weight })) {
      checkFloat('crossEntropyGradient', argument, type);
      if (type.shape.length > 0)
        throw new ShapeError(`crossEntropyGradient: ${argument} is ${formatType(type)}, wanted a scalar`);
    }
    return [logits];
  },
  lower: ({ inputs: [dloss, logits, labels, weight], outputs: [dlogits], attributes }) => {
    const [samples, classes] = logits.type.shape;
    return [
      {
        kernel: 'loss/crossEntropyGradient',
        uniforms: {
          samples,
          classes,
          ...viewUniforms('logits', logits),
          labelsOffset: labels.offset,
          dlossOffset: dloss.offset,
          weightOffset: weight.offset,
          ...viewUniforms('dlogits', dlogits),
          smoothing: attributes.labelSmoothing,
        },
        bindings: {
          dloss: dloss.operand,
          logits: logits.operand,
          labels: labels.operand,
          weight: weight.operand,
          dlogits: dlogits.operand,
        },
        grid: gridOf(samples),
      },
    ];
  },
  reference: ([dloss, logits, labels, weight], { labelSmoothing }) => {
    const dlogits = new Float64Array(logits.data.length);
    for (const { n, label, isThere, logs } of referenceSamples(logits, labels))
      logs.forEach((log, k) => {
        const difference = Math.exp(log) - targetOf(k, label, logs.length, labelSmoothing);
        if (isThere) dlogits[n * logs.length + k] = dloss.data[0] * weight.data[0] * difference;
      });
    return [dlogits];
  },
  cost: trafficOnly,
  reductionLength: ([, logits]) => logits.shape[1],
  samples: [
    {
      name: 'smoothed, some samples missing',
      inputs: [
        { shape: [] },
        { shape: [7, 5] },
        { shape: [7], dtype: 'u32', fill: { integersBelow: 8 } },
        { shape: [], fill: 'positive' },
      ],
      attributes: { labelSmoothing: 0.1 },
    },
  ],
};
