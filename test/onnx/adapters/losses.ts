import type { ReferenceTensor } from '../../../src/engine/graph/operation.js';
import { NO_SAMPLE } from '../../../src/engine/ops/data/noSample.js';
import { crossEntropy } from '../../../src/engine/ops/loss/crossEntropy.js';
import { logSoftmax } from '../../../src/engine/ops/reduce/softmax.js';
import { channelsFirst, channelsLast, reshaped, sizeOf } from '../arrays.js';
import { type Adapter, type NodeCall, type Result, Unsupported } from '../call.js';

/** Most samples of a loss without reduction, which needs one program per sample. */
const MAX_SAMPLES = 64;

/** Largest deviation of the sum of a row of probabilities from one. */
const UNITY = 1e-5;

/** [N, C, ...] as one row of classes per sample and pixel. */
function rowsOf(scores: ReferenceTensor): ReferenceTensor {
  const classes = scores.shape[1];
  return reshaped(channelsLast(scores), [sizeOf(scores.shape) / classes, classes]);
}

export const softmaxCrossEntropy: Adapter = async (call) => {
  const scores = call.float(0);
  const results = await loss(call, scores);
  if (!call.outputs[1]) return results;
  const [rows] = await call.run((tracer) => [logSoftmax(tracer.feed(rowsOf(scores)))]);
  const [images, classes, ...spatial] = scores.shape;
  return [...results, channelsFirst(reshaped(rows, [images, ...spatial, classes]))];
};

/** The softmax of log-probabilities is the probabilities, so that the same loss can be used. */
export const negativeLogLikelihood: Adapter = (call) => {
  const { shape, data } = rowsOf(call.float(0));
  const classes = shape[1];
  for (let start = 0; start < data.length; start += classes) {
    const total = data.subarray(start, start + classes).reduce((sum, value) => sum + Math.exp(value), 0);
    if (Math.abs(total - 1) > UNITY)
      throw new Unsupported('negative log-likelihood of inputs that are not log-probabilities');
  }
  return loss(call, call.float(0));
};

async function loss(call: NodeCall, scores: ReferenceTensor): Promise<Result[]> {
  if (call.has(2)) throw new Unsupported('losses with class weights');
  const logits = rowsOf(scores);
  const ignored = call.number('ignore_index', Number.NaN);
  const labels = call.any(1).data.map((label) => (label === ignored ? NO_SAMPLE : label));
  const reduction = call.text('reduction', 'mean');
  if (reduction === 'mean' || reduction === 'sum') {
    const feed = { shape: [labels.length], data: labels };
    return call.run((tracer) => [crossEntropy(tracer.feed(logits), tracer.feed(feed, 'u32'), { reduction })]);
  }
  // The engine's losses are sums: the loss of one sample is the sum with all others marked as empty.
  if (labels.length > MAX_SAMPLES)
    throw new Unsupported(`losses without reduction of more than ${MAX_SAMPLES} samples`);
  const losses = await call.run((tracer) => {
    const rows = tracer.feed(logits);
    return Array.from(labels, (_, sample) => {
      const alone = labels.map((label, index) => (index === sample ? label : NO_SAMPLE));
      const feed = { shape: [labels.length], data: alone };
      return crossEntropy(rows, tracer.feed(feed, 'u32'), { reduction: 'sum' });
    });
  });
  return [{ shape: call.any(1).shape, data: Float64Array.from(losses, ({ data }) => data[0]) }];
}
