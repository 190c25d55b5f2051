import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { Conv2dAttributes, Conv2dSizes } from './conv2dGeometry.js';

/** Number of invocations that keeps a GPU busy. */
export const ENOUGH_INVOCATIONS = 16384;

/**
 * Index arithmetic of one axis of the sliding-window kernels: a run of outputs shares the inputs that it loads. Output a
 * starts reading at a * step + start, and its taps are tapStep apart.
 */
export interface Window {
  /** Distance between successive outputs of a run. */
  readonly spacing: number;
  /** Taps by which the window moves from one output of a run to the next. */
  readonly advance: number;
  readonly step: number;
  readonly start: number;
  readonly tapStep: number;
  /** Distance between pixels of the input, with zeros between them (fractional stride). */
  readonly stretch: number;
}

/** For the forward convolution; undefined where successive outputs of a run are not a whole number of taps apart. */
export function outputWindow(_sizes: Conv2dSizes, attributes: Conv2dAttributes, axis: 0 | 1): Window | undefined {
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

/** For the gradient by the input, which reads the pixels of dy `stride` apart. */
export function inputWindow(sizes: Conv2dSizes, attributes: Conv2dAttributes, axis: 0 | 1): Window {
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

/**
 * Rows that a kernel is specialised for, to compute `rowsEach`. Software drivers, which take a second or more to compile a
 * kernel, always use the one for two.
 */
export function kernelRows(rowsEach: number, { softwareLanes }: KernelTarget): number {
  return softwareLanes > 0 ? 2 : rowsEach;
}
