import type { Value } from '../../graph/graph.js';
import { resultType } from '../record/kernelCall.js';
import { matmulOperation } from './matmul.js';

/**
 * Fully connected layer, x w + bias.
 * @param x [N, F], or images of one pixel [N, 1, 1, F]
 * @param w [F, K]
 * @param bias [K]
 * @returns [N, K]
 * @throws ShapeError, DTypeError
 */
export function linear(x: Value, w: Value, bias?: Value): Value {
  return x.graph.apply(matmulOperation, bias ? [x, w, bias] : [x, w], resultType(x.dtype))[0];
}
