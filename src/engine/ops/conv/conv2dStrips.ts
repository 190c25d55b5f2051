import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { TensorView } from '../../graph/operation.js';
import { physicalShape } from '../../graph/types.js';
import { elementOf, gridOf, viewUniforms } from '../record/kernelCall.js';
import type { Axis, Conv2dAttributes, Conv2dSizes } from './conv2dGeometry.js';

/** Pixels per strip: an invocation computes them together. */
export const STRIP = 4;

/** Workgroup size: small ones balance the load of a software driver's threads, GPUs need whole warps. */
export function workgroupOf({ softwareLanes }: KernelTarget): number {
  return softwareLanes > 0 ? 16 : 64;
}

/** Arguments of the lowering of a convolution; for the gradient by the input `x` is dy and `y` is dx. */
export interface Conv2dCall {
  readonly sizes: Conv2dSizes;
  readonly attributes: Conv2dAttributes;
  readonly x: TensorView;
  readonly w: TensorView;
  readonly y: TensorView;
  readonly bias?: TensorView;
  readonly target: KernelTarget;
}

/** Index arithmetic of rows and columns. */
export type Axes = readonly [Axis, Axis];

/** Grid of kernels with one invocation per strip in x and z, and blocks of channels in y. */
export function stripGrid(strips: number, blocks: number, target: KernelTarget): [number, number, number] {
  const [x, z] = gridOf(strips, workgroupOf(target));
  return [x, blocks, z];
}

/**
 * Uniforms of the kernels whose invocations compute strips of a row, dense and depthwise.
 * @param length pixels of a strip
 */
export function stripUniforms(call: Conv2dCall, axes: Axes, length: number) {
  const [rows, columns] = axes;
  const slide = columns.taps > 1 && columns.tapStep % columns.inputStep === 0;
  const spacing = slide ? columns.tapStep / columns.inputStep : 1;
  const { flat, uniforms } = pixelUniforms(call, axes);
  const rowStrips = Math.ceil(uniforms.width / (length * spacing)) * spacing;
  const strips = (flat ? 1 : call.sizes.images * rows.size) * rowStrips;
  return { slide, strips, uniforms: { strips, rowStrips, spacing, ...uniforms } };
}

/** Uniforms for the computed pixels and the positions of their taps, common to all kernels but the grouped one. */
export function pixelUniforms({ sizes, x, y }: Conv2dCall, [rows, columns]: Axes) {
  const [yHeight, yWidth] = y.type.shape.slice(1);
  const [xHeight, xWidth] = x.type.shape.slice(1);
  // Pointwise: all pixels of all images are treated as one row, since no tap crosses a border.
  const flat = isPointwise(rows, xHeight, yHeight) && isPointwise(columns, xWidth, yWidth);
  const extents = flat
    ? { height: 1, width: x.rows, yHeight: 1, yWidth: x.rows, xHeight: 1, xWidth: x.rows }
    : { height: rows.size, width: columns.size, yHeight, yWidth, xHeight, xWidth };
  const kernelWidth = sizes.kernel[1];
  return {
    flat,
    pixels: sizes.images * rows.size * columns.size,
    uniforms: {
      ...extents,
      ...viewUniforms('y', y),
      yRowStep: rows.outputStep,
      yRowStart: rows.outputStart,
      yColumnStep: columns.outputStep,
      yColumnStart: columns.outputStart,
      ...viewUniforms('x', x),
      xRowStep: rows.inputStep,
      xRowStart: rows.inputStart,
      xColumnStep: columns.inputStep,
      xColumnStart: columns.inputStart,
      tapRows: rows.taps,
      tapColumns: columns.taps,
      tapRowStep: rows.tapStep,
      tapColumnStep: columns.tapStep,
      firstTap: rows.firstTap * kernelWidth + columns.firstTap,
      tapRowStride: rows.tapStride * kernelWidth,
      tapColumnStride: columns.tapStride,
    },
  };
}

/** Element types of the dense kernels, as shader constants. */
export function elementTypes({ x, w, y }: Conv2dCall) {
  return { X: elementOf(x.type), W: elementOf(w.type), Y: elementOf(y.type) };
}

/** Uniforms of weights, bias and channels of the dense kernels; `transposed`: for the gradient by the input. */
export function channelUniforms({ sizes, attributes, x, w, y, bias }: Conv2dCall, transposed: boolean) {
  const { groups } = attributes;
  return {
    wOffset: w.offset,
    wStride: w.stride,
    wRows: physicalShape(w.type)[2],
    lastRow: w.type.shape[2] - 1,
    biasOffset: bias?.offset ?? 0,
    hasBias: bias ? 1 : 0,
    depth: x.vectors / groups,
    vectors: y.vectors / groups,
    channels: (transposed ? sizes.channels : sizes.outputs) / groups,
  };
}

/** Whether position a of the output reads position a of the input only. */
export function isPointwise(axis: Axis, inputSize: number, outputSize: number): boolean {
  return (
    axis.taps === 1 &&
    axis.inputStep === 1 &&
    axis.inputStart === 0 &&
    axis.size === inputSize &&
    axis.size === outputSize
  );
}
