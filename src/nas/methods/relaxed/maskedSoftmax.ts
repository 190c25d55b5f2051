import type { Value } from '../../../engine/graph/graph.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { softmax } from '../../../engine/ops/reduce/softmax.js';
import { softmaxRows } from '../../training/bilevel/relaxedRule.js';

/** Added to excluded logits: their exponentials are zero in float32. */
const LEFT_OUT = -1e4;

/** The softmax of every row over the elements where `mask`, row-major, is true; the others are exactly zero. */
export function maskedSoftmax(logits: Value, mask: readonly boolean[]): Value {
  const offsets = mask.map((has) => (has ? 0 : LEFT_OUT));
  return softmax(add(logits, logits.graph.constant(offsets, logits.shape)));
}

/** `maskedSoftmax` of rows of `width` numbers, on the host. */
export function maskedSoftmaxRows(logits: ArrayLike<number>, width: number, mask: readonly boolean[]): Float32Array {
  return softmaxRows(
    mask.map((has, i) => (has ? logits[i] : Number.NEGATIVE_INFINITY)),
    width,
  );
}
