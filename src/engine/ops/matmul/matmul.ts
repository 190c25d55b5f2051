import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Cost, Operation, TensorView } from '../../graph/operation.js';
import { formatType, type Layout, type ValueType, valueType } from '../../graph/types.js';
import { checkBias } from '../conv/conv2d.js';
import type { Conv2dSizes } from '../conv/conv2dGeometry.js';
import { conv2dCalls, conv2dInputGradientCalls } from '../conv/conv2dKernels.js';
import { conv2dWeightGradientCalls } from '../conv/conv2dWeightKernels.js';
import { cast } from '../elementwise/cast.js';
import { checkFloat } from '../record/checks.js';
import { elementOf, resultType, trafficOnly } from '../record/kernelCall.js';
import { sumRows } from '../reduce/reduce.js';

/**
 * Matrix product. Sums are computed in f32.
 * @param a f32 or f16 [M, K] or [M, 1, 1, K], in layout rows
 * @param b f32 or f16 [K, N], in either layout
 * @param options dtype of the result; that of a where absent
 * @returns [M, N] of that element type
 * @throws {ShapeError} when shapes or the layout of a do not fit
 * @throws {DTypeError} when an argument is u32
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function matmul(a: Value, b: Value, options: { readonly dtype?: 'f32' | 'f16' } = {}): Value {
  return a.graph.apply(matmulOperation, [a, b], resultType(options.dtype ?? a.dtype))[0];
}

/**
 * Product with a transposed matrix, a b^T. It has no gradient.
 * @param a f32 or f16 [M, K], in layout rows
 * @param b f32 or f16 [N, K], in layout rows
 * @returns f32 [M, N]
 * @throws {ShapeError} when the shapes do not fit
 * @throws {DTypeError} when an argument is u32
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function matmulTransposed(a: Value, b: Value): Value {
  return a.graph.apply(matmulInputGradientOperation, [a, b], { shape: [a.shape[0], b.shape[0]] })[0];
}

/** The product, plus a bias [N] where there is a third input (`linear`). */
export const matmulOperation: Operation<{ readonly dtype?: 'f16' }> = {
  name: 'matmul',
  supportsF16: true,
  infer: ([a, b, bias], { dtype }) => {
    const { rows, outputs } = checkFactors('matmul', 'a', a, 'b', b);
    checkBias('matmul', bias, outputs);
    return [valueType([rows, outputs], dtype)];
  },
  lower: ({ inputs: [a, b, bias], outputs: [y], target }) =>
    conv2dCalls({ ...convolution(a.type, b.type), x: asImage(a), w: asKernel(b), y: asImage(y), bias, target }),
  gradient: ({ inputs: [a, b, bias], outputGradients: [dy], needed }) => {
    if (!dy) return [];
    const { graph } = a;
    return [
      needed[0]
        ? graph.apply(matmulInputGradientOperation, [dy, b], { shape: a.shape, ...resultType(a.dtype) })[0]
        : undefined,
      needed[1]
        ? cast(graph.apply(matmulWeightGradientOperation, [a, dy], { layout: b.type.layout })[0], elementOf(b.type))
        : undefined,
      bias && needed[2] ? sumRows(cast(dy, 'f32')) : undefined,
    ];
  },
  reference: ([a, b, bias]) => {
    const [inner, columns] = b.shape;
    const rows = a.shape[0];
    const y = new Float64Array(rows * columns);
    for (let m = 0; m < rows; m++)
      for (let n = 0; n < columns; n++) {
        let sum = bias ? bias.data[n] : 0;
        for (let k = 0; k < inner; k++) sum += a.data[m * inner + k] * b.data[k * columns + n];
        y[m * columns + n] = sum;
      }
    return [y];
  },
  cost: (inputs, outputs) => productCost(inputs[0].shape[0], inputs[1].shape, inputs, outputs),
  reductionLength: ([, b]) => b.shape[0],
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [5, 7] }, { shape: [7, 10], layout: 'matrix' }], attributes: {} },
    { name: 'right factor without padding rows', inputs: [{ shape: [9, 5] }, { shape: [5, 6] }], attributes: {} },
    {
      name: 'images of one pixel and a bias',
      inputs: [{ shape: [6, 1, 1, 9] }, { shape: [9, 10], layout: 'matrix' }, { shape: [10] }],
      attributes: {},
    },
    {
      name: 'f16',
      inputs: [
        { shape: [5, 7], dtype: 'f16' },
        { shape: [7, 10], layout: 'matrix', dtype: 'f16' },
      ],
      attributes: { dtype: 'f16' },
    },
    { name: 'many rows', inputs: [{ shape: [133, 4] }, { shape: [4, 3], layout: 'matrix' }], attributes: {} },
    { name: 'many columns', inputs: [{ shape: [3, 6] }, { shape: [6, 70], layout: 'matrix' }], attributes: {} },
  ],
};

/** da = dy b^T, of the shape of a. */
export const matmulInputGradientOperation: Operation<{
  readonly shape: readonly number[];
  readonly dtype?: 'f16';
}> = {
  name: 'matmulInputGradient',
  supportsF16: true,
  infer: ([dy, b], { shape, dtype }) => {
    const a = valueType(shape, dtype);
    const { rows, outputs } = checkFactors('matmulInputGradient', 'a', a, 'b', b);
    if (String(dy.shape) !== String([rows, outputs]))
      throw new ShapeError(`matmulInputGradient: dy is ${formatType(dy)}, wanted f32[${rows}, ${outputs}]`);
    return [a];
  },
  lower: ({ inputs: [dy, b], outputs: [da], target }) =>
    conv2dInputGradientCalls({
      ...convolution(da.type, b.type),
      x: asImage(dy),
      w: asKernel(b),
      y: asImage(da),
      target,
    }),
  reference: ([dy, b], { shape }) => {
    const [inner, columns] = b.shape;
    const rows = shape[0];
    const da = new Float64Array(rows * inner);
    for (let m = 0; m < rows; m++)
      for (let k = 0; k < inner; k++)
        for (let n = 0; n < columns; n++) da[m * inner + k] += dy.data[m * columns + n] * b.data[k * columns + n];
    return [da];
  },
  cost: (inputs, outputs) => productCost(inputs[0].shape[0], inputs[1].shape, inputs, outputs),
  reductionLength: ([, b]) => b.shape[1],
  samples: [
    {
      name: 'odd sizes',
      inputs: [{ shape: [5, 10] }, { shape: [7, 10], layout: 'matrix' }],
      attributes: { shape: [5, 7] },
    },
    {
      name: 'right factor without padding rows',
      inputs: [{ shape: [9, 6] }, { shape: [5, 6] }],
      attributes: { shape: [9, 1, 1, 5] },
    },
  ],
};

/** db = a^T dy, in the layout of b. */
export const matmulWeightGradientOperation: Operation<{ readonly layout: Layout }> = {
  name: 'matmulWeightGradient',
  supportsF16: true,
  infer: ([a, dy], { layout }) => {
    const b = valueType([innerOf(a), dy.shape[1]], 'f32', layout);
    checkFactors('matmulWeightGradient', 'a', a, 'b', b);
    if (dy.shape.length !== 2 || dy.shape[0] !== a.shape[0])
      throw new ShapeError(`matmulWeightGradient: dy is ${formatType(dy)}, wanted as many rows as a, ${formatType(a)}`);
    return [b];
  },
  lower: ({ inputs: [a, dy], outputs: [db], target, scratch }) =>
    conv2dWeightGradientCalls({
      ...convolution(a.type, db.type),
      x: asImage(a),
      dy: asImage(dy),
      dw: asKernel(db),
      target,
      scratch,
    }),
  reference: ([a, dy]) => {
    const rows = a.shape[0];
    const inner = a.data.length / rows;
    const columns = dy.shape[1];
    const db = new Float64Array(inner * columns);
    for (let m = 0; m < rows; m++)
      for (let k = 0; k < inner; k++)
        for (let n = 0; n < columns; n++) db[k * columns + n] += a.data[m * inner + k] * dy.data[m * columns + n];
    return [db];
  },
  cost: (inputs, outputs) => productCost(inputs[0].shape[0], outputs[0].shape, inputs, outputs),
  reductionLength: ([a]) => a.shape[0],
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [5, 7] }, { shape: [5, 10] }], attributes: { layout: 'matrix' } },
    {
      name: 'without padding rows, many of them',
      inputs: [{ shape: [99, 1, 1, 5] }, { shape: [99, 6] }],
      attributes: { layout: 'rows' },
    },
  ],
};

function innerOf(a: ValueType): number {
  return a.shape[a.shape.length - 1];
}

/** Checks a, [M, K] or [M, 1, 1, K], and b, [K, N]. @throws {DTypeError | ShapeError} */
function checkFactors(name: string, aName: string, a: ValueType, bName: string, b: ValueType) {
  checkFloat(name, aName, a);
  checkFloat(name, bName, b);
  const isMatrix = a.shape.length === 2 || (a.shape.length === 4 && a.shape[1] === 1 && a.shape[2] === 1);
  if (!isMatrix || a.layout !== 'rows')
    throw new ShapeError(`${name}: ${aName} is ${formatType(a)} (${a.layout}), wanted [M, K] or [M, 1, 1, K] (rows)`);
  if (b.shape.length !== 2 || b.shape[0] !== innerOf(a))
    throw new ShapeError(
      `${name}: ${bName} is ${formatType(b)}, wanted [${innerOf(a)}, N] to go with ${formatType(a)}`,
    );
  return { rows: a.shape[0], outputs: b.shape[1] };
}

function productCost(
  rows: number,
  b: readonly number[],
  inputs: readonly ValueType[],
  outputs: readonly ValueType[],
): Cost {
  return { multiplyAdds: rows * b[0] * b[1], bytes: trafficOnly(inputs, outputs).bytes };
}

/** The product as a 1x1 convolution over one row of M pixels. */
function convolution(a: ValueType, b: ValueType) {
  const rows = a.shape[0];
  const sizes: Conv2dSizes = {
    images: 1,
    input: [1, rows],
    channels: b.shape[0],
    kernel: [1, 1],
    output: [1, rows],
    outputs: b.shape[1],
  };
  return { sizes, attributes: { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } };
}

function asImage(view: TensorView): TensorView {
  const { shape, dtype } = view.type;
  return { ...view, type: valueType([1, 1, shape[0], shape[shape.length - 1]], dtype) };
}

function asKernel(view: TensorView): TensorView {
  const { shape, dtype, layout } = view.type;
  return { ...view, type: valueType([1, 1, ...shape], dtype, layout) };
}
