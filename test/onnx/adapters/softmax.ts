import type { Value } from '../../../src/engine/graph/graph.js';
import { logSoftmax, softmax as softmaxOf } from '../../../src/engine/ops/reduce/softmax.js';
import { axisLast, axisOf, inverse, reshaped, sizeOf, transposed } from '../arrays.js';
import type { Adapter, NodeCall } from '../call.js';

export const softmax: Adapter = (call) => alongAxis(call, softmaxOf);
export const logarithm: Adapter = (call) => alongAxis(call, logSoftmax);

async function alongAxis(call: NodeCall, build: (x: Value) => Value) {
  const x = call.float(0);
  const rank = x.shape.length;
  const axis = axisOf(call.number('axis', call.opset < 13 ? 1 : -1), rank);
  if (call.opset < 13) {
    // Older versions flatten all axes from this one on.
    const rows = sizeOf(x.shape.slice(0, axis));
    const [y] = await call.run((tracer) => [build(tracer.feed(reshaped(x, [rows, sizeOf(x.shape) / rows])))]);
    return [reshaped(y, x.shape)];
  }
  const permutation = axisLast(rank, axis);
  const [y] = await call.run((tracer) => [build(tracer.feed(transposed(x, permutation)))]);
  return [transposed(y, inverse(permutation))];
}
