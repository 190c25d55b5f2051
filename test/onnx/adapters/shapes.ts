import type { Value } from '../../../src/engine/graph/graph.js';
import type { ReferenceTensor } from '../../../src/engine/graph/operation.js';
import { concat as concatOf } from '../../../src/engine/ops/copy/concat.js';
import { reshape as reshapeOf } from '../../../src/engine/ops/copy/flatten.js';
import { padChannelsOperation, slice as sliceOf } from '../../../src/engine/ops/copy/slice.js';
import { axes, axisLast, axisOf, inverse, sizeOf, transposed } from '../arrays.js';
import { type Adapter, type NodeCall, Unsupported } from '../call.js';

export const flatten: Adapter = (call) => {
  const { shape } = call.float(0);
  const axis = axisOf(call.number('axis', 1), shape.length);
  return reshapeTo(call, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
};

export const reshape: Adapter = (call) => {
  const { shape } = call.float(0);
  const allowZero = call.number('allowzero', 0) === 1;
  const wanted = call.opset < 5 ? (call.numbers('shape') ?? []) : call.integers(1);
  const known = wanted.map((extent, axis) => (extent === 0 && !allowZero ? shape[axis] : extent));
  const rest = sizeOf(shape) / sizeOf(known.filter((extent) => extent !== -1));
  return reshapeTo(
    call,
    known.map((extent) => (extent === -1 ? rest : extent)),
  );
};

function reshapeTo(call: NodeCall, shape: readonly number[]) {
  return call.run((tracer) => [reshapeOf(tracer.feed(call.float(0)), shape)]);
}

export const concat: Adapter = (call) => {
  const tensors = call.floats();
  const rank = tensors[0].shape.length;
  const permutation = axisLast(rank, axisOf(call.number('axis', 1), rank));
  return onLastAxis(call, tensors, permutation, (values) => [concatOf(values)]);
};

export const split: Adapter = (call) => {
  const x = call.float(0);
  const axis = axisOf(call.number('axis', 0), x.shape.length);
  const extent = x.shape[axis];
  const share = Math.ceil(extent / call.outputs.length);
  const even = call.outputs.map((_, i) => Math.min(share, extent - i * share));
  const lengths = call.has(1) ? call.integers(1) : (call.numbers('split') ?? even);
  if (lengths.some((length) => length < 1)) throw new Unsupported('tensors without elements');
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
  return onLastAxis(call, [x], axisLast(x.shape.length, axis), ([value]) =>
    lengths.map((length, i) => sliceOf(value, starts[i], length)),
  );
};

/** Slices one axis after the other, since the engine slices along channels. */
export const slice: Adapter = async (call) => {
  let x: ReferenceTensor = call.float(0);
  const list = (index: number, name: string) => (call.opset < 10 ? call.numbers(name) : optional(call, index));
  const starts = list(1, 'starts') ?? [];
  const ends = list(2, 'ends') ?? [];
  const which = list(3, 'axes') ?? axes(starts.length);
  if ((optional(call, 4) ?? []).some((step) => step !== 1)) throw new Unsupported('slices with a step other than 1');
  for (const [i, given] of which.entries()) {
    const axis = axisOf(given, x.shape.length);
    const extent = x.shape[axis];
    const clamp = (position: number) => Math.min(Math.max(axisOf(position, extent), 0), extent);
    const start = clamp(starts[i]);
    const length = clamp(ends[i]) - start;
    if (length <= 0) throw new Unsupported('tensors without elements');
    [x] = await onLastAxis(call, [x], axisLast(x.shape.length, axis), ([value]) => [sliceOf(value, start, length)]);
  }
  return [x];
};

/** Zero padding, one axis after the other. */
export const pad: Adapter = async (call) => {
  let x: ReferenceTensor = call.float(0);
  if (call.text('mode', 'constant') !== 'constant') throw new Unsupported('padding in modes other than constant');
  const value = call.opset < 11 ? call.number('value', 0) : call.has(2) ? call.float(2).data[0] : 0;
  if (value !== 0) throw new Unsupported('padding with a nonzero constant');
  if (call.has(3)) throw new Unsupported('padding of selected axes');
  const rank = x.shape.length;
  const pads = call.opset < 11 ? (call.numbers('pads') ?? []) : call.integers(1);
  for (const axis of axes(rank)) {
    const [before, after] = [pads[axis], pads[axis + rank]];
    if (before < 0 || after < 0) throw new Unsupported('negative padding');
    if (before + after === 0) continue;
    const attributes = { start: before, channels: before + x.shape[axis] + after };
    [x] = await onLastAxis(call, [x], axisLast(rank, axis), ([value]) =>
      value.graph.apply(padChannelsOperation, [value], attributes),
    );
  }
  return [x];
};

function optional(call: NodeCall, index: number): number[] | undefined {
  return call.has(index) ? call.integers(index) : undefined;
}

/** Applies a function of the last axis to the axis that a permutation moves there. */
async function onLastAxis(
  call: NodeCall,
  tensors: readonly ReferenceTensor[],
  permutation: readonly number[],
  build: (values: Value[]) => readonly Value[],
): Promise<ReferenceTensor[]> {
  const results = await call.run((tracer) => build(tensors.map((x) => tracer.feed(transposed(x, permutation)))));
  return results.map((y) => transposed(y, inverse(permutation)));
}
