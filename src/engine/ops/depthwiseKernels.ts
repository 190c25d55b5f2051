import { inputAxes, outputAxis } from './conv2dGeometry.js';
import { type Axes, type Conv2dCall, STRIP, stripGrid, stripUniforms, workgroupOf } from './conv2dStrips.js';
import { gridOf, viewUniforms } from './kernelCall.js';
import type { KernelCall, Located } from './operation.js';

/** A depthwise convolution, of one copy of the channels or more, or the gradient of its input. */
export interface DepthwiseCall extends Conv2dCall {
  /** The convolution is of max(x, 0). */
  readonly relu?: boolean;
  /** The gradient is zero where this is not positive. */
  readonly gate?: Located;
}

/** y = x * w (+ bias). */
export function depthwiseCalls(call: DepthwiseCall): KernelCall[] {
  const { sizes, attributes } = call;
  return [depthwiseCall(call, [outputAxis(sizes, attributes, 0), outputAxis(sizes, attributes, 1)], false)];
}

/** The gradient of x, written to `call.y`, from the gradient of y, `call.x`: one dispatch a residue class of the stride. */
export function depthwiseInputGradientCalls(call: DepthwiseCall): KernelCall[] {
  const { sizes, attributes } = call;
  return inputAxes(sizes, attributes, 0).flatMap((rows) =>
    inputAxes(sizes, attributes, 1).map((columns) => depthwiseCall(call, [rows, columns], true)),
  );
}

function depthwiseCall(call: DepthwiseCall, axes: Axes, gradient: boolean): KernelCall {
  const [rows, columns] = axes;
  const { sizes, relu, gate } = call;
  const advance = columns.inputStep / columns.tapStep;
  const square = rows.taps === columns.taps && (rows.taps === 3 || rows.taps === 5);
  const single = sizes.outputs === sizes.channels && !relu && !gate;
  const windowed = single && square && (Number.isInteger(advance) || Number.isInteger(1 / advance));
  return windowed ? depthwiseWindowCall(call, axes, advance) : depthwiseStripCall(call, axes, gradient);
}

function depthwiseStripCall(call: DepthwiseCall, axes: Axes, gradient: boolean): KernelCall {
  const { sizes, x, w, y, bias, relu = false, gate } = call;
  const { uniforms, slide, strips } = stripUniforms(call, axes, STRIP);
  const copies = sizes.outputs / sizes.channels;
  return {
    kernel: 'conv/depthwise',
    constants: {
      WORKGROUP: workgroupOf(call.target),
      SLIDE: slide,
      BIAS: bias !== undefined,
      RELU: relu,
      GATED: gate !== undefined,
    },
    uniforms: {
      ...uniforms,
      wOffset: w.offset,
      wStride: w.stride,
      biasOffset: bias?.offset ?? 0,
      copies,
      summedCopies: gradient ? copies : 1,
      channelVectors: gradient ? y.vectors : x.vectors,
      ...viewUniforms('gate', gate ?? x),
    },
    bindings: {
      x: x.operand,
      w: w.operand,
      bias: (bias ?? w).operand,
      gate: (gate ?? x).operand,
      y: y.operand,
    },
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
