import type { Value } from '../../../src/engine/graph/graph.js';
import type { ReferenceTensor } from '../../../src/engine/graph/operation.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { linear } from '../../../src/engine/ops/matmul/linear.js';
import { matmul } from '../../../src/engine/ops/matmul/matmul.js';
import { broadcastRow, broadcastScalar } from '../../../src/engine/ops/reduce/reduce.js';
import { reshaped, sizeOf, transposed } from '../arrays.js';
import { type Adapter, type Tracer, Unsupported } from '../call.js';

export const matMul: Adapter = async (call) => {
  const [a, b] = [call.float(0), call.float(1)];
  if (a.shape.length !== 2 || b.shape.length !== 2) throw new Unsupported('products of more than two matrices');
  return call.run((tracer) => [matmul(tracer.feed(a), tracer.parameter(b, 'matrix'))]);
};

/** alpha * a * b + beta * c. Transposed factors are transposed on the host. */
export const gemm: Adapter = async (call) => {
  const [a, b] = ['transA', 'transB'].map((name, index) => {
    const given = call.float(index);
    return call.number(name, 0) === 1 ? transposed(given, [1, 0]) : given;
  });
  const [alpha, beta] = [call.number('alpha', 1), call.number('beta', 1)];
  const c = call.has(2) ? call.float(2) : undefined;
  return call.run((tracer) => {
    const [left, right] = [tracer.feed(a), tracer.parameter(b, 'matrix')];
    const columns = b.shape[1];
    const isRow = c !== undefined && columns > 1 && sizeOf(c.shape) === columns && c.shape.at(-1) === columns;
    if (isRow && alpha === 1) return [linear(left, right, scale(tracer.parameter(reshaped(c, [columns])), beta))];
    const product = scale(matmul(left, right), alpha);
    return [c ? add(product, addend(tracer, c, product, beta)) : product];
  });
};

/** beta * c in the shape of the product. */
function addend(tracer: Tracer, c: ReferenceTensor, product: Value, beta: number): Value {
  const size = sizeOf(c.shape);
  if (size === 1) return broadcastScalar(tracer.feed(reshaped(c, [])), product.type, beta);
  const [rows, columns] = product.shape;
  if (size === columns && c.shape.at(-1) === columns)
    return broadcastRow(tracer.feed(reshaped(c, [columns])), product.type, beta);
  if (String(c.shape) !== String([rows, columns])) throw new Unsupported('a column broadcast over a matrix');
  return scale(tracer.feed(c), beta);
}
