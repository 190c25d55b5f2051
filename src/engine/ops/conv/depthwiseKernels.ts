import type { KernelCall, Operand, TensorView } from '../../graph/operation.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';
import { bucketSize, chooseVariant, firstChoice } from '../record/variants.js';
import { inputAxes, outputAxis } from './conv2dGeometry.js';
import { type Axes, type Conv2dCall, STRIP, stripGrid, stripUniforms, workgroupOf } from './conv2dStrips.js';
import { ENOUGH_INVOCATIONS, inputWindow, kernelRows, outputWindow, type Window } from './depthwiseWindow.js';

/** Most bands of rows per invocation. */
const MAX_BANDS = 8;

/** Arguments of the lowering of a depthwise convolution or of its gradient by the input. */
export interface DepthwiseCall extends Conv2dCall {
  /** The input is max(x, 0). */
  readonly relu?: boolean;
  /** The gradient is zero where this is not positive. */
  readonly gate?: TensorView;
  /** Mean, scale and shift per channel of x, [3][C]: x is normalised while it is read. */
  readonly factors?: Operand;
}

/** y = x * w (+ bias). */
export function depthwiseCalls(call: DepthwiseCall): KernelCall[] {
  const { sizes, attributes } = call;
  const windowed = depthwiseWindowCall(call, false);
  if (windowed) return [windowed];
  return [depthwiseStripCall(call, [outputAxis(sizes, attributes, 0), outputAxis(sizes, attributes, 1)], false)];
}

/**
 * Gradient by x, written to `call.y`, from the gradient of y, `call.x`. Kernel sizes other than 3 x 3 and 5 x 5 take one
 * dispatch per residue class of the stride.
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

/** Kernel call for 3 x 3 and 5 x 5 taps; undefined for other sizes, or strides and dilations that it does not support. */
export function depthwiseWindowCall(call: DepthwiseCall, gradient: boolean): KernelCall | undefined {
  const { sizes, attributes, x, w, y, bias, relu = false, gate, factors, target } = call;
  const [kernel, kernelWidth] = sizes.kernel;
  if (kernel !== kernelWidth || (kernel !== 3 && kernel !== 5)) return undefined;
  const [rows, columns] = ([0, 1] as const).map((axis) =>
    (gradient ? inputWindow : outputWindow)(sizes, attributes, axis),
  );
  if (!rows || !columns) return undefined;
  const [images, height, width] = y.type.shape;
  const run = runLength(call, columns);
  const columnStrips = Math.ceil(width / (run * columns.spacing)) * columns.spacing;
  const most = images * columnStrips * height * y.vectors;
  const rowsEach = rows.advance === 1 && (target.softwareLanes > 0 || most > ENOUGH_INVOCATIONS) ? 2 : 1;
  const imageBands = Math.ceil(height / (rowsEach * rows.spacing)) * rows.spacing;
  const bands = images * imageBands;
  // Weights are loaded once for all bands of an invocation; a software driver needs few invocations.
  const fewest = target.softwareLanes > 0 ? 512 : 4 * ENOUGH_INVOCATIONS;
  const bandsEach = Math.min(MAX_BANDS, Math.max(1, Math.floor((columnStrips * bands * y.vectors) / fewest)));
  const strips = columnStrips * Math.ceil(bands / bandsEach);
  const copies = sizes.outputs / sizes.channels;
  return {
    kernel: 'conv/depthwiseWindow',
    constants: {
      WORKGROUP: workgroupOf(target),
      KERNEL: kernel,
      ROWS: kernelRows(rowsEach, target),
      STRETCHED: rows.stretch > 1 || columns.stretch > 1,
    },
    uniforms: {
      strips,
      columnStrips,
      bands,
      bandsEach,
      imageBands,
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
      relu: relu ? 1 : 0,
      gated: gate ? 1 : 0,
      normalised: factors ? 1 : 0,
      rowsEach,
    },
    bindings: {
      x: x.operand,
      w: w.operand,
      bias: (bias ?? w).operand,
      gate: (gate ?? x).operand,
      factors: factors ?? w.operand,
      y: y.operand,
    },
    grid: gridOf(strips * y.vectors, workgroupOf(target)),
  };
}

/** Columns per invocation: longer runs load fewer values twice, shorter ones give more invocations. */
const RUNS = { 'run-8': 8, 'run-16': 16, 'run-32': 32 };

function runLength({ sizes, y, target }: DepthwiseCall, { advance, spacing, stretch }: Window): number {
  const [images, height, width] = y.type.shape;
  const extents = `${bucketSize(images * height)}x${bucketSize(Math.ceil(width / spacing))} c${4 * bucketSize(y.vectors)}`;
  const names = Object.keys(RUNS) as (keyof typeof RUNS)[];
  return RUNS[
    chooseVariant(target, {
      family: 'depthwise',
      bucket: `${sizes.kernel[0]}x${sizes.kernel[1]} ${extents} advance${advance} stretch${stretch}`,
      candidates: firstChoice(target.softwareLanes > 0 ? 'run-32' : 'run-8', names),
    })
  ];
}
