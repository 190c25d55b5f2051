import type { Value } from '../../graph/graph.js';
import { resultType } from '../record/kernelCall.js';
import { matmulOperation } from './matmul.js';

/**
 * Fully connected layer, x w + bias. Sums are computed in f32.
 * @param x f32 or f16 [N, F] or [N, 1, 1, F], in layout rows
 * @param w f32 or f16 [F, K], in either layout
 * @param bias f32 [K]; absent: none
 * @returns [N, K] of the element type of x
 * @throws {ShapeError} when shapes or the layout of x do not fit, or the bias is not f32 [K]
 * @throws {DTypeError} when x or w is u32
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function linear(x: Value, w: Value, bias?: Value): Value {
  return x.graph.apply(matmulOperation, bias ? [x, w, bias] : [x, w], resultType(x.dtype))[0];
}
