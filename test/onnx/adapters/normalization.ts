import type { ReferenceTensor } from '../../../src/engine/graph/operation.js';
import { batchNorm } from '../../../src/engine/ops/norm/batchNorm.js';
import { batchNormTraining } from '../../../src/engine/ops/norm/batchNormTraining.js';
import { channelsFirst, channelsLast, reshaped, sizeOf, transposed } from '../arrays.js';
import { type Adapter, type NodeCall, Unsupported } from '../call.js';

export const batch: Adapter = async (call) => {
  if (call.opset < 9 && call.number('spatial', 1) !== 1) throw new Unsupported('batch norm without spatial averaging');
  const x = call.float(0);
  const training = isTraining(call);
  const kept = 1 - call.number('momentum', 0.9);
  const results = await call.run((tracer) => {
    const [gamma, beta] = [1, 2].map((index) => tracer.parameter(call.float(index)));
    const [mean, variance] = tracer.variables([call.float(3), call.float(4)]).variables;
    const y = batchNorm(tracer.feed(channelsLast(x)), {
      mode: training ? 'training' : 'inference',
      gamma,
      beta,
      epsilon: call.number('epsilon', 1e-5),
      momentum: kept,
      running: { mean, variance },
    });
    return training ? [y, mean, variance] : [y];
  });
  const y = channelsFirst(results[0]);
  if (!training) return [y];
  return [y, results[1], populationVariance(results[2], call.float(4), kept, sizeOf(x.shape) / x.shape[1])];
};

/**
 * ONNX's running variance from the engine's. The engine follows PyTorch, which averages with the unbiased variance of the batch
 * (times count / (count - 1)); ONNX omits that factor. ONNX's momentum is the weight of the old value, the engine's that of the
 * batch.
 */
function populationVariance(
  running: ReferenceTensor,
  before: ReferenceTensor,
  momentum: number,
  count: number,
): ReferenceTensor {
  const data = running.data.map((value, i) => {
    const old = (1 - momentum) * before.data[i];
    return old + ((value - old) * (count - 1)) / count;
  });
  return { shape: running.shape, data };
}

/** Versions before 7 use is_test, versions from 14 on training_mode, those between the number of outputs. */
function isTraining(call: NodeCall): boolean {
  if (call.opset < 7) return call.number('is_test', 0) === 0;
  return call.opset < 14 ? call.outputs.length > 1 : call.number('training_mode', 0) === 1;
}

/** Instance norm: batch norm with the images as further channels. */
export const instance: Adapter = async (call) => {
  const x = call.float(0);
  const [images, channels, ...spatial] = x.shape;
  const planes = images * channels;
  const repeated = (values: ReferenceTensor): ReferenceTensor => ({
    shape: [planes],
    data: Float64Array.from({ length: planes }, (_, i) => values.data[i % channels]),
  });
  const rows = transposed(reshaped(x, [planes, sizeOf(spatial)]), [1, 0]);
  const [y] = await call.run((tracer) => {
    const [gamma, beta] = [1, 2].map((index) => tracer.parameter(repeated(call.float(index))));
    const options = { affine: { gamma, beta }, epsilon: call.number('epsilon', 1e-5) };
    return [batchNormTraining(tracer.feed(rows), options).y];
  });
  return [reshaped(transposed(y, [1, 0]), x.shape)];
};

/** Batch norm without gamma, beta and epsilon (ONNX's has 1e-9, added to the deviation). */
export const meanVariance: Adapter = async (call) => {
  const x = call.float(0);
  if (String(call.numbers('axes') ?? [0, 2, 3]) !== '0,2,3') throw new Unsupported('statistics over other axes');
  const [y] = await call.run((tracer) => [batchNormTraining(tracer.feed(channelsLast(x)), { epsilon: 0 }).y]);
  return [channelsFirst(y)];
};
