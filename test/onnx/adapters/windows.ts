import type { ReferenceTensor } from '../../../src/engine/graph/operation.js';
import { reshaped } from '../arrays.js';
import { type NodeCall, Unsupported } from '../call.js';

/** Geometry of windows; all in pairs of rows and columns. */
export interface Windows {
  readonly stride: [number, number];
  readonly dilation: [number, number];
  /** Top, left, bottom, right. */
  readonly padding: [number, number, number, number];
}

/** Inputs of one-dimensional operators as images of one row. @throws {Unsupported} for volumes */
export function asImages(x: ReferenceTensor): ReferenceTensor {
  const spatial = x.shape.length - 2;
  if (spatial === 1) return reshaped(x, [x.shape[0], x.shape[1], 1, x.shape[2]]);
  if (spatial !== 2) throw new Unsupported(`${spatial} spatial dimensions`);
  return x;
}

/** The inverse of `asImages`. */
export function asGiven(y: ReferenceTensor, rank: number): ReferenceTensor {
  return rank === 3 ? reshaped(y, [y.shape[0], y.shape[1], y.shape[3]]) : y;
}

/** One number per axis; one-dimensional operators give only that of columns. */
export function pairOf(values: readonly number[] | undefined, otherwise: number): [number, number] {
  const [rows, columns] = values ?? [otherwise, otherwise];
  return columns === undefined ? [otherwise, rows] : [rows, columns];
}

/**
 * Attributes strides, dilations, pads and auto_pad, which conv and pooling share.
 * @param input rows and columns of the input
 * @param kernel rows and columns of taps
 */
export function windowsOf(call: NodeCall, input: readonly number[], kernel: readonly number[]): Windows {
  const stride = pairOf(call.numbers('strides'), 1);
  const dilation = pairOf(call.numbers('dilations'), 1);
  const mode = call.text('auto_pad', 'NOTSET');
  const ends = [0, 1].map((axis): [number, number] => {
    if (mode === 'NOTSET') return padsOf(call)[axis];
    if (mode === 'VALID') return [0, 0];
    const reach = (kernel[axis] - 1) * dilation[axis] + 1;
    const steps = Math.ceil(input[axis] / stride[axis]) - 1;
    return splitPadding(Math.max(steps * stride[axis] + reach - input[axis], 0), mode);
  });
  return { stride, dilation, padding: [ends[0][0], ends[1][0], ends[0][1], ends[1][1]] };
}

/** Attribute pads: before and after, for rows and for columns. */
export function padsOf(call: NodeCall): [number, number][] {
  const pads = call.numbers('pads') ?? [0, 0, 0, 0];
  if (pads.length === 2)
    return [
      [0, 0],
      [pads[0], pads[1]],
    ];
  return [
    [pads[0], pads[2]],
    [pads[1], pads[3]],
  ];
}

/** An odd row or column is put at the end with SAME_UPPER, at the start with SAME_LOWER. */
export function splitPadding(total: number, mode: string): [number, number] {
  const half = Math.floor(total / 2);
  return mode === 'SAME_LOWER' ? [total - half, half] : [half, total - half];
}
