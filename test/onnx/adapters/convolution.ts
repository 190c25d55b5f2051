import { conv2d } from '../../../src/engine/ops/conv/conv2d.js';
import { convolutionWeightLayout } from '../../../src/engine/ops/conv/conv2dGeometry.js';
import { conv2dInputGradientOperation } from '../../../src/engine/ops/conv/conv2dGradients.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { broadcastRow } from '../../../src/engine/ops/reduce/reduce.js';
import { channelsFirst, channelsLast, transposed } from '../arrays.js';
import type { Adapter, NodeCall } from '../call.js';
import { asGiven, asImages, padsOf, pairOf, splitPadding, windowsOf } from './windows.js';

/** [outputs, channels / groups, rows, columns] to the engine's [rows, columns, channels / groups, outputs]. */
const WEIGHTS = [2, 3, 1, 0];

export const conv: Adapter = async (call) => {
  const x = asImages(call.float(0));
  const w = asImages(call.float(1));
  const groups = call.number('group', 1);
  const windows = windowsOf(call, x.shape.slice(2), w.shape.slice(2));
  const [y] = await call.run((tracer) => {
    const bias = call.has(2) ? tracer.parameter(call.float(2)) : undefined;
    const weights = tracer.parameter(transposed(w, WEIGHTS), convolutionWeightLayout(groups));
    return [conv2d(tracer.feed(channelsLast(x)), weights, { ...windows, groups, bias })];
  });
  return [asGiven(channelsFirst(y), call.float(0).shape.length)];
};

/** A transposed convolution is the gradient of a convolution by its input. */
export const convTranspose: Adapter = async (call) => {
  const x = asImages(call.float(0));
  const w = asImages(call.float(1));
  const groups = call.number('group', 1);
  const { stride, dilation, padding, output } = transposedWindows(call, x.shape.slice(2), w.shape.slice(2));
  const [y] = await call.run((tracer) => {
    const weights = tracer.parameter(transposed(w, WEIGHTS), convolutionWeightLayout(groups));
    const attributes = { stride, dilation, padding, groups, input: output };
    const [image] = tracer.graph.apply(
      conv2dInputGradientOperation,
      [tracer.feed(channelsLast(x)), weights],
      attributes,
    );
    return [call.has(2) ? add(image, broadcastRow(tracer.parameter(call.float(2)), image.type)) : image];
  });
  return [asGiven(channelsFirst(y), call.float(0).shape.length)];
};

/** Padding and output size from each other, by the equations of ONNX's ConvTranspose-11. */
function transposedWindows(call: NodeCall, input: readonly number[], kernel: readonly number[]) {
  const stride = pairOf(call.numbers('strides'), 1);
  const dilation = pairOf(call.numbers('dilations'), 1);
  const extra = pairOf(call.numbers('output_padding'), 0);
  const wanted = call.numbers('output_shape');
  const mode = call.text('auto_pad', 'NOTSET');
  const output: number[] = [];
  const ends = [0, 1].map((axis): [number, number] => {
    const full = stride[axis] * (input[axis] - 1) + extra[axis] + (kernel[axis] - 1) * dilation[axis] + 1;
    if (!wanted && mode === 'NOTSET') {
      const pads = padsOf(call)[axis];
      output[axis] = full - pads[0] - pads[1];
      return pads;
    }
    output[axis] = wanted ? pairOf(wanted, 1)[axis] : input[axis] * stride[axis];
    // Without auto_pad an odd row or column is put at the start, unlike with SAME_UPPER.
    return splitPadding(Math.max(full - output[axis], 0), mode === 'NOTSET' ? 'SAME_LOWER' : mode);
  });
  return { stride, dilation, padding: [ends[0][0], ends[1][0], ends[0][1], ends[1][1]], output };
}
