import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { formatType, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { checkRank, extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { checkRows } from '../record/shapeChecks.js';

/** Which factor is given transposed; absent: neither. */
export type Transposed = { readonly transpose?: 'a' | 'b' };

/**
 * Matrix product of each item of a batch: y[i] = a[i] b[i].
 * @param a f32 [B, M, K], or [B, K, M] with `transpose: 'a'`; in layout rows
 * @param b f32 [B, K, N], or [B, N, K] with `transpose: 'b'`; in layout rows
 * @returns f32 [B, M, N]
 * @throws {ShapeError} when shapes or layouts do not fit
 * @throws {DTypeError} when an argument is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function batchedMatmul(a: Value, b: Value, { transpose }: Transposed = {}): Value {
  return a.graph.apply(batchedMatmulOperation, [a, b], transpose ? { transpose } : {})[0];
}

export const batchedMatmulOperation: Operation<Transposed> = {
  name: 'batchedMatmul',
  infer: ([a, b], attributes) => {
    const { batch, rows, outputs } = sizesOf(a, b, attributes);
    return [valueType([batch, rows, outputs])];
  },
  lower: ({ inputs: [a, b], outputs: [y], attributes }) => [
    {
      kernel: 'matmul/batched',
      constants: { TRANSPOSE_A: attributes.transpose === 'a', TRANSPOSE_B: attributes.transpose === 'b' },
      uniforms: {
        ...extentUniforms(y),
        inner: sizesOf(a.type, b.type, attributes).inner,
        outputs: y.type.shape[2],
        aRows: a.type.shape[1],
        bRows: b.type.shape[1],
        yRows: y.type.shape[1],
        ...viewUniforms('a', a),
        ...viewUniforms('b', b),
        ...viewUniforms('y', y),
      },
      bindings: { a: a.operand, b: b.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ],
  gradient: ({ inputs: [a, b], outputGradients: [dy], needed, attributes: { transpose } }) => {
    if (!dy) return [];
    const da = () => {
      if (transpose === 'a') return batchedMatmul(b, dy, { transpose: 'b' });
      return batchedMatmul(dy, b, transpose === 'b' ? {} : { transpose: 'b' });
    };
    const db = () => {
      if (transpose === 'b') return batchedMatmul(dy, a, { transpose: 'a' });
      return batchedMatmul(a, dy, transpose === 'a' ? {} : { transpose: 'a' });
    };
    return [needed[0] ? da() : undefined, needed[1] ? db() : undefined];
  },
  reference: ([a, b], { transpose }) => {
    const { batch, rows, inner, outputs } = sizesOf(valueType(a.shape), valueType(b.shape), { transpose });
    const [aRow, aInner] = transpose === 'a' ? [1, rows] : [inner, 1];
    const [bInner, bColumn] = transpose === 'b' ? [1, inner] : [outputs, 1];
    const y = new Float64Array(batch * rows * outputs);
    for (let i = 0; i < y.length; i++) {
      const item = Math.floor(i / (rows * outputs));
      const aStart = item * rows * inner + (Math.floor(i / outputs) % rows) * aRow;
      const bStart = item * inner * outputs + (i % outputs) * bColumn;
      for (let k = 0; k < inner; k++) y[i] += a.data[aStart + k * aInner] * b.data[bStart + k * bInner];
    }
    return [y];
  },
  cost: (inputs, outputs, attributes) => {
    const { batch, rows, inner, outputs: columns } = sizesOf(inputs[0], inputs[1], attributes);
    return { multiplyAdds: batch * rows * inner * columns, bytes: trafficOnly(inputs, outputs).bytes };
  },
  reductionLength: ([a, b], attributes) => sizesOf(a, b, attributes).inner,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [3, 5, 7] }, { shape: [3, 7, 10] }], attributes: {} },
    {
      name: 'left factor transposed',
      inputs: [{ shape: [3, 7, 5] }, { shape: [3, 7, 10] }],
      attributes: { transpose: 'a' },
    },
    {
      name: 'right factor transposed',
      inputs: [{ shape: [3, 5, 7] }, { shape: [3, 10, 7] }],
      attributes: { transpose: 'b' },
    },
    { name: 'many items', inputs: [{ shape: [41, 2, 3] }, { shape: [41, 3, 6] }], attributes: {} },
  ],
};

function sizesOf(a: ValueType, b: ValueType, { transpose }: Transposed) {
  for (const [name, type] of Object.entries({ a, b })) {
    checkFloat('batchedMatmul', name, type);
    checkRows('batchedMatmul', name, type);
    checkRank('batchedMatmul', name, type, 3);
  }
  const [rows, inner] = transpose === 'a' ? [a.shape[2], a.shape[1]] : [a.shape[1], a.shape[2]];
  const outputs = transpose === 'b' ? b.shape[1] : b.shape[2];
  const batch = a.shape[0];
  const wanted = transpose === 'b' ? [batch, outputs, inner] : [batch, inner, outputs];
  if (String(b.shape) !== String(wanted))
    throw new ShapeError(
      `batchedMatmul: b is ${formatType(b)}, wanted f32[${wanted.join(', ')}] to go with a, ${formatType(a)}${transpose ? `, ${transpose} transposed` : ''}`,
    );
  return { batch, rows, inner, outputs };
}
