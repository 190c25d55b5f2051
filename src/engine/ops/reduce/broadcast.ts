import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, Operation, TensorView } from '../../graph/operation.js';
import {
  channelsOf,
  formatType,
  type Layout,
  logicalSize,
  physicalShape,
  sameShape,
  type ValueType,
  valueType,
} from '../../graph/types.js';
import { scale } from '../elementwise/scale.js';
import { checkFloat } from '../record/checks.js';
import { gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { enoughInvocations } from '../record/rowLoop.js';
import { sum, sumRows } from './reduce.js';

interface BroadcastAttributes {
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly factor: number;
}

/** factor * x in every element of the type wanted; x is a scalar. */
export function broadcastScalar(x: Value, type: ValueType, factor = 1): Value {
  return x.graph.apply(broadcastScalarOperation, [x], { shape: type.shape, layout: type.layout, factor })[0];
}

/** factor * x in every row of the type wanted; x is [C], the last dimension C. */
export function broadcastRow(x: Value, type: ValueType, factor = 1): Value {
  return x.graph.apply(broadcastRowOperation, [x], { shape: type.shape, layout: type.layout, factor })[0];
}

/** The kernel call: every row of x `repeat` times, or a scalar everywhere. */
export function broadcastCall(
  x: TensorView,
  y: TensorView,
  options: { repeat: number; factor: number; scalar?: boolean },
  target: KernelTarget,
): KernelCall {
  const { type, vectors } = y;
  const { repeat, factor, scalar = false } = options;
  const groups = y.rows / repeat;
  const chunks = Math.min(repeat, Math.ceil(enoughInvocations(target) / (groups * vectors)));
  const isMatrix = type.layout === 'matrix';
  return {
    kernel: 'elementwise/broadcast',
    constants: { SCALAR: scalar, MATRIX: isMatrix },
    uniforms: {
      groups,
      repeat,
      chunks,
      vectors,
      channels: channelsOf(type),
      innerRows: isMatrix ? physicalShape(type)[type.shape.length - 2] : 1,
      usedRows: isMatrix ? type.shape[type.shape.length - 2] : 1,
      ...viewUniforms('x', x),
      ...viewUniforms('y', y),
      factor,
    },
    bindings: { x: x.operand, y: y.operand },
    grid: gridOf(groups * chunks * vectors),
  };
}

export const broadcastScalarOperation: Operation<BroadcastAttributes> = {
  name: 'broadcastScalar',
  infer: ([x], { shape, layout }) => {
    checkFloat('broadcastScalar', 'x', x);
    if (x.shape.length > 0) throw new ShapeError(`broadcastScalar: x is ${formatType(x)}, wanted a scalar`);
    return [valueType(shape, 'f32', layout)];
  },
  lower: ({ inputs: [x], outputs: [y], attributes: { factor }, target }) => [
    broadcastCall(x, y, { repeat: y.rows, factor, scalar: true }, target),
  ],
  gradient: ({ outputGradients: [dy], attributes }) => [dy && scale(sum(dy), attributes.factor)],
  reference: ([x], { shape, factor }) => [new Float64Array(logicalSize(valueType(shape))).fill(factor * x.data[0])],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [] }], attributes: { shape: [2, 3, 5], layout: 'rows', factor: 0.5 } },
    { name: 'a matrix', inputs: [{ shape: [] }], attributes: { shape: [2, 3, 5, 6], layout: 'matrix', factor: 1 } },
    { name: 'a scalar', inputs: [{ shape: [] }], attributes: { shape: [], layout: 'rows', factor: 3 } },
  ],
};

export const broadcastRowOperation: Operation<BroadcastAttributes> = {
  name: 'broadcastRow',
  infer: ([x], { shape, layout }) => {
    checkFloat('broadcastRow', 'x', x);
    const type = valueType(shape, 'f32', layout);
    if (!sameShape(x.shape, [channelsOf(type)]))
      throw new ShapeError(`broadcastRow: x is ${formatType(x)}, wanted [${channelsOf(type)}] for shape [${shape}]`);
    return [type];
  },
  lower: ({ inputs: [x], outputs: [y], attributes: { factor }, target }) => [
    broadcastCall(x, y, { repeat: y.rows, factor }, target),
  ],
  gradient: ({ outputGradients: [dy], attributes }) => [
    dy && scale(dy.shape.length > 1 ? sumRows(dy) : dy, attributes.factor),
  ],
  reference: ([x], { shape, factor }) => [
    new Float64Array(logicalSize(valueType(shape))).map((_, i) => factor * x.data[i % x.data.length]),
  ],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [7] }], attributes: { shape: [2, 3, 7], layout: 'rows', factor: 0.5 } },
    {
      name: 'more rows than invocations',
      inputs: [{ shape: [16] }],
      attributes: { shape: [4111, 16], layout: 'rows', factor: 2 },
    },
    { name: 'a matrix', inputs: [{ shape: [6] }], attributes: { shape: [2, 5, 6], layout: 'matrix', factor: 2 } },
  ],
};
