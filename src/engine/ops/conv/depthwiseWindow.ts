import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { Conv2dAttributes, Conv2dSizes } from './conv2dGeometry.js';

/** Invocations that fill a GPU. */
export const ENOUGH_INVOCATIONS = 16384;

/** How the taps of an axis meet a run of outputs. */
export interface Window {
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

/** Of a convolution's output; undefined where no run of outputs meets the input a whole number of taps apart. */
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

/** Of its input's gradient, each position of which meets the output's pixels `stride` apart. */
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
 * Rows that a kernel is made for, to compute `rowsEach`: on software drivers, where compiling one takes a second or more, all
 * take that of two.
 */
export function kernelRows(rowsEach: number, { softwareLanes }: KernelTarget): number {
  return softwareLanes > 0 ? 2 : rowsEach;
}
