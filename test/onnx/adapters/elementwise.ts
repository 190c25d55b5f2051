import type { Value } from '../../../src/engine/graph/graph.js';
import type { ReferenceTensor } from '../../../src/engine/graph/operation.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { relu as reluOf } from '../../../src/engine/ops/elementwise/relu.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { dropout as dropoutOf } from '../../../src/engine/ops/random/dropout.js';
import { broadcastRow, broadcastScalar } from '../../../src/engine/ops/reduce/reduce.js';
import { axes, inverse, reshaped, sizeOf, transposed } from '../arrays.js';
import { type Adapter, type NodeCall, Unsupported } from '../call.js';

export const relu: Adapter = (call) => unary(call, reluOf);
export const negative: Adapter = (call) => unary(call, (x) => scale(x, -1));
export const sum: Adapter = (call) => variadic(call, add);
export const mean: Adapter = (call) => variadic(call, (...values) => scale(add(...values), 1 / values.length));
export const addition: Adapter = (call) => binary(call, add);
export const subtraction: Adapter = (call) => binary(call, (a, b) => add(a, scale(b, -1)));
export const product: Adapter = (call) => binary(call, multiply);

/** Only with rate zero: which elements are dropped otherwise depends on the generator. */
export const dropout: Adapter = async (call) => {
  const training = call.opset >= 12 && call.has(2) && call.any(2).data[0] !== 0;
  if (!training) throw new Unsupported('dropout at inference, where the engine has no operation');
  const rate = call.has(1) ? call.float(1).data[0] : 0.5;
  if (rate !== 0) throw new Unsupported('dropout with the random numbers of another generator');
  const x = call.float(0);
  const ones = { shape: x.shape, data: new Float64Array(x.data.length).fill(1) };
  const [y, mask] = await call.run((tracer) => {
    const { graph } = tracer;
    const [zero, step] = [graph.constant([rate], []), graph.constant([0], [], 'u32')];
    const attributes = { seed: 1, purpose: 'dropout' };
    return [x, ones].map((tensor) => dropoutOf(tracer.feed(tensor), zero, step, attributes));
  });
  return call.outputs.length > 1 ? [y, { ...mask, type: 'bool' }] : [y];
};

async function unary(call: NodeCall, build: (x: Value) => Value) {
  return call.run((tracer) => [build(tracer.feed(call.float(0)))]);
}

async function variadic(call: NodeCall, build: (...values: Value[]) => Value) {
  const tensors = call.floats();
  if (tensors.some(({ shape }) => String(shape) !== String(tensors[0].shape)))
    throw new Unsupported('sums of different shapes');
  return call.run((tracer) => [build(...tensors.map((tensor) => tracer.feed(tensor)))]);
}

/** Two tensors, one of them possibly broadcast to the shape of the other. */
async function binary(call: NodeCall, build: (a: Value, b: Value) => Value) {
  const [a, b] = aligned(call);
  if (String(a.shape) === String(b.shape)) return call.run((tracer) => [build(tracer.feed(a), tracer.feed(b))]);
  const flip = sizeOf(a.shape) < sizeOf(b.shape);
  const [large, small] = flip ? [b, a] : [a, b];
  if (small.shape.some((extent, axis) => extent !== 1 && extent !== large.shape[axis]))
    throw new Unsupported('two tensors broadcast to each other');
  // Axes along which the small one is broadcast go first: it is then a row that is repeated.
  const isSpread = (axis: number) => small.shape[axis] === 1;
  const all = axes(large.shape.length);
  const permutation = [...all.filter(isSpread), ...all.filter((axis) => !isSpread(axis))];
  const columns = sizeOf(small.shape);
  const rows = transposed(large, permutation);
  const [y] = await call.run((tracer) => {
    const whole = tracer.feed(reshaped(rows, [sizeOf(large.shape) / columns, columns]));
    const spread =
      columns === 1
        ? broadcastScalar(tracer.feed(reshaped(small, [])), whole.type)
        : broadcastRow(tracer.feed(reshaped(small, [columns])), whole.type);
    return [flip ? build(spread, whole) : build(whole, spread)];
  });
  return [transposed(reshaped(y, rows.shape), inverse(permutation))];
}

/** Both inputs in shapes of one rank. */
function aligned(call: NodeCall): [ReferenceTensor, ReferenceTensor] {
  const [a, b] = [call.float(0), call.float(1)];
  const rank = Math.max(a.shape.length, b.shape.length);
  const pad = (x: ReferenceTensor, after: number) => {
    const before = rank - after - x.shape.length;
    return reshaped(x, [...new Array(before).fill(1), ...x.shape, ...new Array(after).fill(1)]);
  };
  // Before version 7 an attribute said where the second input's axes lie in the first's.
  const axis = call.opset < 7 ? call.number('axis', rank - b.shape.length) : rank - b.shape.length;
  return [pad(a, 0), pad(b, rank - axis - b.shape.length)];
}
