import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { TensorView } from '../../graph/operation.js';
import { formatType, sameShape, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { checkRank, gridOf, viewUniforms } from '../record/kernelCall.js';
import { enoughInvocations } from '../record/rowLoop.js';

/** Windows of a pooling, in pixels. */
export interface PoolAttributes {
  /** Window size: rows, columns. */
  readonly kernel: readonly number[];
  /** Rows, columns. */
  readonly stride: readonly number[];
  /** Padding: top, left, bottom, right. */
  readonly padding: readonly number[];
  /** Distance between taps: rows, columns. */
  readonly dilation: readonly number[];
  /** The last window may reach past the padding: the output's extents are rounded up. */
  readonly ceil: boolean;
}

/** Attributes of a pooling's gradient; its input dy does not determine the shape of x. */
export interface PoolGradientAttributes extends PoolAttributes {
  readonly inputShape: readonly number[];
}

/** Options of a pooling, in pixels; one number stands for rows and columns. */
export interface PoolOptions {
  /** Window size: rows, columns. */
  readonly kernel: number | readonly [number, number];
  /** Rows, columns; 1 where absent. */
  readonly stride?: number | readonly [number, number];
  /** On both sides of rows and of columns, or top, left, bottom, right; 0 where absent. */
  readonly padding?: number | readonly [number, number] | readonly [number, number, number, number];
  /** Distance between taps: rows, columns; 1 where absent. */
  readonly dilation?: number | readonly [number, number];
  /** Round the output's extents up, so that the last window may reach beyond the padding; false where absent. */
  readonly ceil?: boolean;
}

/** Fills in defaults and expands single numbers. */
export function poolAttributes(options: PoolOptions): PoolAttributes {
  const { kernel, stride = 1, padding = 0, dilation = 1, ceil = false } = options;
  const pair = (value: number | readonly number[]) => (typeof value === 'number' ? [value, value] : [...value]);
  const pads = pair(padding);
  return {
    kernel: pair(kernel),
    stride: pair(stride),
    padding: pads.length === 2 ? [...pads, ...pads] : pads,
    dilation: pair(dilation),
    ceil,
  };
}

/**
 * Type of the output, [batch, height, width, channels].
 * @throws {DTypeError} when x is u32
 * @throws {ShapeError} when x is not of rank 4 or smaller than the window
 * @throws {AttributeError} when an attribute is out of its range, or a window holds only padding
 */
export function poolOutput(name: string, x: ValueType, attributes: PoolAttributes): ValueType {
  checkFloat(name, 'x', x);
  checkRank(name, 'x', x, 4);
  checkAttributes(name, attributes);
  const [batch, , , channels] = x.shape;
  const [height, width] = [0, 1].map((axis) => outputExtent(name, x, axis, attributes));
  return valueType([batch, height, width, channels]);
}

/** Type of the input, from the type of the output's gradient. */
export function poolInput(name: string, dy: ValueType, attributes: PoolGradientAttributes): ValueType {
  const x = valueType(attributes.inputShape);
  const y = poolOutput(name, x, attributes);
  checkFloat(name, 'dy', dy);
  if (!sameShape(dy.shape, y.shape))
    throw new ShapeError(`${name}: dy is ${formatType(dy)}, wanted ${formatType(y)} for an input of ${formatType(x)}`);
  return x;
}

function checkAttributes(name: string, attributes: PoolAttributes): void {
  for (const [attribute, length, least] of [
    ['kernel', 2, 1],
    ['stride', 2, 1],
    ['padding', 4, 0],
    ['dilation', 2, 1],
  ] as const) {
    const values = attributes[attribute];
    if (values.length !== length || values.some((value) => !Number.isInteger(value) || value < least))
      throw new AttributeError(`${name}: ${attribute} is [${values}], wanted ${length} integers of at least ${least}`);
  }
}

function outputExtent(name: string, x: ValueType, axis: number, attributes: PoolAttributes): number {
  const input = x.shape[axis + 1];
  const { kernel, stride, padding, dilation, ceil } = attributes;
  const reach = (kernel[axis] - 1) * dilation[axis];
  const steps = (input + padding[axis] + padding[axis + 2] - reach - 1) / stride[axis];
  let extent = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // As PyTorch does: a window that starts beyond the image and its leading padding is dropped.
  if (ceil && (extent - 1) * stride[axis] >= input + padding[axis]) extent--;
  if (extent < 1)
    throw new ShapeError(
      `${name}: x is ${formatType(x)}, smaller than the window of ${kernel} taps with dilation ${dilation} and padding ${padding}; pad more or use a smaller kernel`,
    );
  for (let i = 0; i < extent; i++)
    if (tapsInside(i * stride[axis] - padding[axis], kernel[axis], dilation[axis], input).length === 0)
      throw new AttributeError(
        `${name}: padding is [${padding}], so that window ${i} of ${axis === 0 ? 'a column' : 'a row'} holds only padding, wanted less than the extent of the window, ${reach + 1}`,
      );
  return extent;
}

/** Positions within 0 to extent - 1 of the taps of a window that starts at `start`. */
function tapsInside(start: number, taps: number, dilation: number, extent: number): number[] {
  return Array.from({ length: taps }, (_, tap) => start + tap * dilation).filter((at) => at >= 0 && at < extent);
}

/** One window of a pooling. */
export interface Window {
  /** Row-major pixel of the output, batch included. */
  readonly output: number;
  /** Its taps inside the image: row-major pixels of the input, batch included, and tap numbers (row * kernelWidth + column). */
  readonly pixels: readonly { readonly input: number; readonly tap: number }[];
  /** Number of its taps inside image and padding. */
  readonly paddedCount: number;
}

/** All windows of all images, in order, for the float64 references. */
export function* windowsOf(inputShape: readonly number[], attributes: PoolAttributes): Generator<Window> {
  const { kernel, stride, padding, dilation } = attributes;
  const [batch, height, width] = inputShape;
  const [, outputHeight, outputWidth] = poolOutput('pool', valueType(inputShape), attributes).shape;
  let output = 0;
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < outputHeight; i++)
      for (let j = 0; j < outputWidth; j++) {
        const pixels: { input: number; tap: number }[] = [];
        let paddedCount = 0;
        for (let r = 0; r < kernel[0]; r++)
          for (let c = 0; c < kernel[1]; c++) {
            const row = i * stride[0] - padding[0] + r * dilation[0];
            const column = j * stride[1] - padding[1] + c * dilation[1];
            if (row < height + padding[2] && column < width + padding[3]) paddedCount++;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            pixels.push({ input: (n * height + row) * width + column, tap: r * kernel[1] + c });
          }
        yield { output: output++, pixels, paddedCount };
      }
}

/** Strips of rows, one invocation per (image, column of pixels, vec4, strip), and the grid. */
export function stripsOf(
  written: TensorView,
  target: KernelTarget,
): {
  uniforms: { images: number; vectors: number; stripRows: number; strips: number };
  grid: [number, number, number];
} {
  const [images, height, width] = written.type.shape;
  const { vectors } = written;
  const columns = images * width * vectors;
  const stripRows = Math.ceil(height / Math.ceil(enoughInvocations(target) / columns));
  const strips = Math.ceil(height / stripRows);
  return { uniforms: { images, vectors, stripRows, strips }, grid: gridOf(columns * strips) };
}

/**
 * Constants, uniforms and grid of the kernels for general windows.
 * @param x the input or its gradient
 * @param y the output or its gradient
 * @param written the one of them that the kernel writes
 */
export function poolCall(
  attributes: PoolAttributes,
  x: { name: string; view: TensorView },
  y: { name: string; view: TensorView },
  written: TensorView,
  target: KernelTarget,
): { constants: Record<string, number>; uniforms: Record<string, number>; grid: [number, number, number] } {
  const { kernel, stride, padding, dilation } = attributes;
  const [, inputHeight, inputWidth] = x.view.type.shape;
  const [, outputHeight, outputWidth] = y.view.type.shape;
  const strips = stripsOf(written, target);
  // Common windows have specialised pipelines; all others share one, which is slower.
  const [k, s, d] = [kernel, stride, dilation].map(([rows, columns]) => (rows === columns ? rows : 0));
  const isCommon = (k === 2 || k === 3) && (s === 1 || s === 2) && d === 1;
  return {
    constants: isCommon ? { KERNEL: kernel[0], STRIDE: stride[0] } : {},
    uniforms: {
      ...strips.uniforms,
      inputHeight,
      inputWidth,
      outputHeight,
      outputWidth,
      kernelHeight: kernel[0],
      kernelWidth: kernel[1],
      strideHeight: stride[0],
      strideWidth: stride[1],
      dilationHeight: dilation[0],
      dilationWidth: dilation[1],
      paddingTop: padding[0],
      paddingLeft: padding[1],
      ...viewUniforms(x.name, x.view),
      ...viewUniforms(y.name, y.view),
    },
    grid: strips.grid,
  };
}

/** Whether windows are 3x3 with stride 1 and dilation 1, for which there are specialised kernels. */
export function isPool3x3({ kernel, stride, dilation }: PoolAttributes): boolean {
  return [...kernel, ...stride, ...dilation].join() === '3,3,1,1,1,1';
}
