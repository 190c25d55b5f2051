import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, formatType, logicalSize, product, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { checkRows } from '../record/shapeChecks.js';

/**
 * Flattens all dimensions but the first, row-major. A view, which costs nothing, where no padding lies between elements.
 * @param x f32 [N, ...] of rank 2 or more, in layout rows
 * @returns f32 [N, product of the other dimensions]
 * @throws {ShapeError} when x has a rank below 2 or is in layout matrix
 * @throws {DTypeError} when x is u32 or f16
 */
export function flatten(x: Value): Value {
  if (x.shape.length < 2) throw new ShapeError(`flatten: x is ${formatType(x.type)}, wanted rank 2 or more`);
  return reshape(x, [x.shape[0], product(x.shape.slice(1))]);
}

/**
 * The same elements, row-major, in another shape. A view, which costs nothing, where no padding lies between elements.
 * @param x f32 of any shape, in layout rows
 * @param shape of as many elements
 * @returns f32 of that shape
 * @throws {ShapeError} when the numbers of elements differ or x is in layout matrix
 * @throws {DTypeError} when x is u32 or f16
 */
export function reshape(x: Value, shape: readonly number[]): Value {
  return x.graph.apply(reshapeOperation, [x], { shape })[0];
}

export const reshapeOperation: Operation<{ readonly shape: readonly number[] }> = {
  name: 'reshape',
  infer: ([x]: readonly ValueType[], { shape }) => {
    checkFloat('reshape', 'x', x);
    checkRows('reshape', 'x', x);
    const type = valueType(shape);
    if (logicalSize(type) !== logicalSize(x))
      throw new ShapeError(
        `reshape: x is ${formatType(x)} of ${logicalSize(x)} elements, wanted ${logicalSize(type)} for shape [${shape}]`,
      );
    return [type];
  },
  viewOf: () => [{ channelOffset: 0, reshape: true }],
  lower: ({ inputs: [x], outputs: [y] }) => [
    {
      kernel: 'copy/reshape',
      uniforms: {
        ...extentUniforms(y),
        channels: channelsOf(y.type),
        xChannels: channelsOf(x.type),
        ...viewUniforms('x', x),
        ...viewUniforms('y', y),
      },
      bindings: { x: x.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ],
  gradient: ({ inputs: [x], outputGradients: [dy] }) => [dy && reshape(dy, x.shape)],
  reference: ([x]) => [x.data.slice()],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'images of whole vec4s to rows', inputs: [{ shape: [3, 2, 2, 8] }], attributes: { shape: [3, 32] } },
    { name: 'images with padding to rows', inputs: [{ shape: [3, 2, 5, 3] }], attributes: { shape: [3, 30] } },
    { name: 'rows to images with padding', inputs: [{ shape: [3, 30] }], attributes: { shape: [3, 2, 5, 3] } },
    { name: 'a scalar to a row', inputs: [{ shape: [] }], attributes: { shape: [1, 1] } },
  ],
};
