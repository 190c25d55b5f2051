import { type Axes, type Conv2dCall, STRIP, stripGrid, stripUniforms, workgroupOf } from './conv2dStrips.js';
import { gridOf } from './kernelCall.js';
import type { KernelCall } from './operation.js';

/** A depthwise convolution or the gradient of its input, by what the axes say. */
export function depthwiseCall(call: Conv2dCall, axes: Axes): KernelCall {
  const [rows, columns] = axes;
  const advance = columns.inputStep / columns.tapStep;
  const square = rows.taps === columns.taps && (rows.taps === 3 || rows.taps === 5);
  const windowed = square && (Number.isInteger(advance) || Number.isInteger(1 / advance));
  return windowed ? depthwiseWindowCall(call, axes, advance) : depthwiseStripCall(call, axes);
}

function depthwiseStripCall(call: Conv2dCall, axes: Axes): KernelCall {
  const { x, w, y, bias } = call;
  const { uniforms, slide, strips } = stripUniforms(call, axes, STRIP);
  return {
    kernel: 'conv/depthwise',
    constants: { WORKGROUP: workgroupOf(call.target), SLIDE: slide, BIAS: bias !== undefined },
    uniforms: { ...uniforms, wOffset: w.offset, wStride: w.stride, biasOffset: bias?.offset ?? 0 },
    bindings: { x: x.operand, w: w.operand, bias: (bias ?? w).operand, y: y.operand },
    grid: stripGrid(strips, y.vectors, call.target),
  };
}

/** @param advance taps from one output to the next; at most one where neighbouring outputs share all columns but one */
function depthwiseWindowCall(call: Conv2dCall, axes: Axes, advance: number): KernelCall {
  const { x, w, y, bias, target } = call;
  const run = target.softwareLanes > 0 ? 32 : 8;
  const { uniforms, strips } = stripUniforms(call, axes, run);
  const { tapRows, tapColumns: _, ...places } = uniforms;
  return {
    kernel: 'conv/depthwiseWindow',
    constants: { WORKGROUP: workgroupOf(target), KERNEL: tapRows },
    uniforms: {
      ...places,
      vectors: y.vectors,
      run,
      advance: Math.max(1, advance),
      wOffset: w.offset,
      wStride: w.stride,
      biasOffset: bias?.offset ?? 0,
      hasBias: bias ? 1 : 0,
    },
    bindings: { x: x.operand, w: w.operand, bias: (bias ?? w).operand, y: y.operand },
    grid: gridOf(strips * y.vectors, workgroupOf(target)),
  };
}
