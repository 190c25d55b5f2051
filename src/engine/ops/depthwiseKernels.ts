import { inputAxes, outputAxis } from './conv2dGeometry.js';
import { type Axes, type Conv2dCall, STRIP, stripGrid, stripUniforms, workgroupOf } from './conv2dStrips.js';
import { gridOf, viewUniforms } from './kernelCall.js';
import type { KernelCall, Located } from './operation.js';

/** Invocations that fill a GPU. */
const ENOUGH_INVOCATIONS = 16384;

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
  const windowed = depthwiseWindowCall(call, false);
  if (windowed) return [windowed];
  return [depthwiseStripCall(call, [outputAxis(sizes, attributes, 0), outputAxis(sizes, attributes, 1)], false)];
}

/**
 * The gradient of x, written to `call.y`, from the gradient of y, `call.x`. Kernels of other sizes than 3 x 3 and 5 x 5 take
 * one dispatch a residue class of the stride.
 */
export function depthwiseInputGradientCalls(call: DepthwiseCall): KernelCall[] {
  const { sizes, attributes } = call;
  const windowed = depthwiseWindowCall(call, true);
  if (windowed) return [windowed];
  return inputAxes(sizes, attributes, 0).flatMap((rows) =>
    inputAxes(sizes, attributes, 1).map((columns) => depthwiseStripCall(call, [rows, columns], true)),
  );
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

/** How the taps of an axis meet a run of outputs. */
interface Window {
  /** Outputs from one to the next of a run. */
  readonly spacing: number;
  /** Taps from one output of a run to the next. */
  readonly advance: number;
  readonly step: number;
  readonly start: number;
  readonly tapStep: number;
  /** Distance of the input's pixels; between them lie zeros. */
  readonly stretch: number;
}

/** Undefined where no run of outputs meets the input a whole number of taps apart. */
function outputWindow({ attributes }: DepthwiseCall, axis: 0 | 1): Window | undefined {
  const stride = attributes.stride[axis];
  const dilation = attributes.dilation[axis];
  if (stride % dilation !== 0 && dilation % stride !== 0) return undefined;
  return {
    spacing: Math.max(1, dilation / stride),
    advance: Math.max(1, stride / dilation),
    step: stride,
    start: -attributes.padding[axis],
    tapStep: dilation,
    stretch: 1,
  };
}

/** A position of the input's gradient meets the output's pixels `stride` apart. */
function inputWindow({ sizes, attributes }: DepthwiseCall, axis: 0 | 1): Window {
  const dilation = attributes.dilation[axis];
  return {
    spacing: dilation,
    advance: 1,
    step: 1,
    start: attributes.padding[axis] - (sizes.kernel[axis] - 1) * dilation,
    tapStep: dilation,
    stretch: attributes.stride[axis],
  };
}

function depthwiseWindowCall(call: DepthwiseCall, gradient: boolean): KernelCall | undefined {
  const { sizes, x, w, y, bias, relu = false, gate, target } = call;
  const [kernel, kernelWidth] = sizes.kernel;
  if (kernel !== kernelWidth || (kernel !== 3 && kernel !== 5)) return undefined;
  const [rows, columns] = ([0, 1] as const).map((axis) => (gradient ? inputWindow : outputWindow)(call, axis));
  if (!rows || !columns) return undefined;
  const [images, height, width] = y.type.shape;
  const run = target.softwareLanes > 0 ? 32 : 8;
  const columnStrips = Math.ceil(width / (run * columns.spacing)) * columns.spacing;
  const most = images * columnStrips * height * y.vectors;
  const rowsEach = rows.advance === 1 && (target.softwareLanes > 0 || most > ENOUGH_INVOCATIONS) ? 2 : 1;
  const rowBlocks = Math.ceil(height / (rowsEach * rows.spacing)) * rows.spacing;
  const strips = images * columnStrips * rowBlocks;
  const copies = sizes.outputs / sizes.channels;
  return {
    kernel: 'conv/depthwiseWindow',
    constants: {
      WORKGROUP: workgroupOf(target),
      KERNEL: kernel,
      ROWS: rowsEach,
      STRETCHED: rows.stretch > 1 || columns.stretch > 1,
      RELU: relu,
      GATED: gate !== undefined,
    },
    uniforms: {
      strips,
      columnStrips,
      rowBlocks,
      rowSpacing: rows.spacing,
      run,
      spacing: columns.spacing,
      advance: columns.advance,
      height,
      width,
      vectors: y.vectors,
      channelVectors: gradient ? y.vectors : x.vectors,
      copies,
      summedCopies: gradient ? copies : 1,
      ...viewUniforms('y', y),
      ...viewUniforms('gate', gate ?? x),
      ...viewUniforms('x', x),
      xHeight: x.type.shape[1],
      xWidth: x.type.shape[2],
      rowStep: rows.step,
      rowStart: rows.start,
      tapRowStep: rows.tapStep,
      rowStretch: rows.stretch,
      columnStep: columns.step,
      columnStart: columns.start,
      tapColumnStep: columns.tapStep,
      columnStretch: columns.stretch,
      firstTap: gradient ? kernel * kernel - 1 : 0,
      tapDirection: gradient ? -1 : 1,
      wOffset: w.offset,
      wStride: w.stride,
      biasOffset: bias?.offset ?? 0,
      hasBias: bias ? 1 : 0,
    },
    bindings: {
      x: x.operand,
      w: w.operand,
      bias: (bias ?? w).operand,
      gate: (gate ?? x).operand,
      y: y.operand,
    },
    grid: gridOf(strips * y.vectors, workgroupOf(target)),
  };
}
