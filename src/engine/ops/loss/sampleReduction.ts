import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { KernelCall, Lowering, TensorView } from '../../graph/operation.js';
import { formatType, sameShape, type ValueType } from '../../graph/types.js';
import { checkFloat, checkInteger } from '../record/checks.js';
import { checkRank, gridOf, viewUniforms } from '../record/kernelCall.js';
import { columnSumCalls } from '../record/reduceCalls.js';

/** Reduction over the samples of a batch; `mean` leaves empty positions out. */
export type Reduction = 'mean' | 'sum';

/** Most samples that a single invocation sums; more take a two-stage reduction. */
const MAX_SAMPLES = 256;

/**
 * Checks logits f32 [N, K], labels u32 [N] and the reduction.
 * @throws {DTypeError | ShapeError | AttributeError}
 */
export function checkSamples(name: string, logits: ValueType, labels: ValueType, reduction: Reduction): void {
  checkFloat(name, 'logits', logits);
  checkRank(name, 'logits', logits, 2);
  checkInteger(name, 'labels', labels);
  if (!sameShape(labels.shape, [logits.shape[0]]))
    throw new ShapeError(
      `${name}: labels are ${formatType(labels)}, wanted u32[${logits.shape[0]}]: one for each sample`,
    );
  if (reduction !== 'mean' && reduction !== 'sum')
    throw new AttributeError(`${name}: reduction is '${reduction}', wanted 'mean' or 'sum'`);
}

/**
 * Kernel calls that compute one vec4 per sample (its value; 1, or 0 for an empty position), then the sum or mean of the
 * values into `total` and 1 (sum) or 1 / samples (mean) into `weight`.
 */
export function sampleCalls(
  kernel: string,
  uniforms: Readonly<Record<string, number>>,
  places: { logits: TensorView; labels: TensorView; total: TensorView; weight: TensorView | undefined },
  reduction: Reduction,
  scratch: Lowering<unknown>['scratch'],
): KernelCall[] {
  const { logits, labels, total, weight } = places;
  const [samples, classes] = logits.type.shape;
  const values = scratch(samples * 4);
  const calls: KernelCall[] = [
    {
      kernel,
      uniforms: { ...uniforms, samples, classes, ...viewUniforms('logits', logits), labelsOffset: labels.offset },
      bindings: { logits: logits.operand, labels: labels.operand, y: values },
      grid: gridOf(samples),
    },
  ];
  let rows = samples;
  let x = values;
  if (samples > MAX_SAMPLES) {
    rows = 1;
    x = scratch(4);
    const run = { offset: 0, stride: 1 };
    const sizes = { groups: 1, rows: samples, vectors: 1, factor: 1 };
    calls.push(...columnSumCalls({ operand: values, ...run }, { operand: x, ...run }, sizes, scratch));
  }
  calls.push({
    kernel: 'loss/reduceSamples',
    constants: { MEAN: reduction === 'mean' },
    uniforms: { rows, totalOffset: total.offset, weightOffset: weight?.offset ?? 0 },
    bindings: { x, total: total.operand, weight: weight?.operand ?? scratch(4) },
    grid: [1, 1, 1],
  });
  return calls;
}
