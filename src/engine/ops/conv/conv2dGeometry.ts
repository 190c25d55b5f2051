import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { Cost } from '../../graph/operation.js';
import { formatType, type Layout, type ValueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { trafficOnly } from '../record/kernelCall.js';

/** Attributes of a convolution, in pixels. */
export interface Conv2dAttributes {
  /** Rows, columns. */
  readonly stride: readonly number[];
  /** Zero padding: top, left, bottom, right. Negative values crop. */
  readonly padding: readonly number[];
  /** Distance between taps: rows, columns. */
  readonly dilation: readonly number[];
  readonly groups: number;
  /** Element type of the result; absent: f32. */
  readonly dtype?: 'f16';
}

/** Options of a convolution, in pixels; one number stands for rows and columns. */
export interface Conv2dOptions {
  /** Rows, columns; 1 where absent. */
  readonly stride?: number | readonly [number, number];
  /** On both sides of rows and of columns, or top, left, bottom, right; negative values crop; 0 where absent. */
  readonly padding?: number | readonly [number, number] | readonly [number, number, number, number];
  /** Distance between taps: rows, columns; 1 where absent. */
  readonly dilation?: number | readonly [number, number];
  /** Number of independent groups of input and output channels; 1 where absent. */
  readonly groups?: number;
}

/**
 * The faster layout of convolution weights [kernelHeight, kernelWidth, channels / groups, outputs]: `matrix` where kernels
 * read four input channels at once; `rows` for grouped convolutions, whose few input channels would be mostly padding.
 */
export function convolutionWeightLayout(groups: number): Layout {
  return groups === 1 ? 'matrix' : 'rows';
}

/** Fills in defaults and expands single numbers. */
export function conv2dAttributes(options: Conv2dOptions): Conv2dAttributes {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const pads = typeof padding === 'number' ? [padding, padding] : padding;
  return {
    stride: typeof stride === 'number' ? [stride, stride] : [...stride],
    padding: pads.length === 2 ? [...pads, ...pads] : [...pads],
    dilation: typeof dilation === 'number' ? [dilation, dilation] : [...dilation],
    groups,
  };
}

/** Extents of a convolution. */
export interface Conv2dSizes {
  readonly images: number;
  /** Input height and width, input channels of all groups. */
  readonly input: readonly [number, number];
  readonly channels: number;
  readonly kernel: readonly [number, number];
  /** Output height and width, output channels of all groups. */
  readonly output: readonly [number, number];
  readonly outputs: number;
}

/** Checks attributes and input types. @throws {AttributeError | DTypeError | ShapeError} */
export function conv2dSizes(name: string, x: ValueType, w: ValueType, attributes: Conv2dAttributes): Conv2dSizes {
  checkFloat(name, 'x', x);
  checkFloat(name, 'w', w);
  if (x.shape.length !== 4 || x.layout !== 'rows')
    throw new ShapeError(
      `${name}: x is ${formatType(x)} (${x.layout}), wanted [images, height, width, channels] (rows)`,
    );
  if (w.shape.length !== 4)
    throw new ShapeError(
      `${name}: w is ${formatType(w)}, wanted [kernelHeight, kernelWidth, channels / groups, outputs]`,
    );
  const { groups } = attributes;
  const [images, height, width, channels] = x.shape;
  const [kernelHeight, kernelWidth, groupChannels, outputs] = w.shape;
  checkAttributes(name, attributes);
  if (channels % groups !== 0 || outputs % groups !== 0)
    throw new AttributeError(
      `${name}: groups is ${groups}, wanted a divisor of the ${channels} input channels and the ${outputs} outputs`,
    );
  if (groupChannels * groups !== channels)
    throw new ShapeError(
      `${name}: w is ${formatType(w)} for ${groupChannels} input channels per group, wanted ${channels / groups}: x has ${channels} channels in ${groups} groups`,
    );
  const output = [0, 1].map((axis) => outputExtent(x.shape[axis + 1], w.shape[axis], axis, attributes));
  if (output.some((extent) => extent < 1))
    throw new ShapeError(
      `${name}: x is ${formatType(x)}, smaller than the kernel of ${kernelHeight} x ${kernelWidth} taps with dilation ${attributes.dilation} and padding ${attributes.padding}; pad more or use a smaller kernel`,
    );
  return {
    images,
    input: [height, width],
    channels,
    kernel: [kernelHeight, kernelWidth],
    output: [output[0], output[1]],
    outputs,
  };
}

function outputExtent(size: number, taps: number, axis: number, attributes: Conv2dAttributes): number {
  const { stride, padding, dilation } = attributes;
  const padded = size + padding[axis] + padding[axis + 2];
  return Math.floor((padded - (taps - 1) * dilation[axis] - 1) / stride[axis]) + 1;
}

function checkAttributes(name: string, attributes: Conv2dAttributes): void {
  const check = (attribute: string, values: readonly number[], count: number, least: number) => {
    if (values.length !== count || values.some((value) => !Number.isInteger(value) || value < least))
      throw new AttributeError(
        `${name}: ${attribute} is [${values}], wanted ${count} integers${Number.isFinite(least) ? ` of at least ${least}` : ''}`,
      );
  };
  check('stride', attributes.stride, 2, 1);
  check('padding', attributes.padding, 4, Number.NEGATIVE_INFINITY);
  check('dilation', attributes.dilation, 2, 1);
  check('groups', [attributes.groups], 1, 1);
}

/** Multiply-adds of a convolution, taps on padding included, as is usual. Each of its gradients has the same number. */
export function conv2dCost(
  sizes: Conv2dSizes,
  attributes: Conv2dAttributes,
  inputs: readonly ValueType[],
  outputs: readonly ValueType[],
): Cost {
  const taps = sizes.kernel[0] * sizes.kernel[1];
  const pixels = sizes.images * sizes.output[0] * sizes.output[1];
  const multiplyAdds = pixels * taps * (sizes.channels / attributes.groups) * sizes.outputs;
  return { multiplyAdds, bytes: trafficOnly(inputs, outputs).bytes };
}

/**
 * Index arithmetic of one axis: computed position a is at a * outputStep + outputStart of the output; its tap i, with the
 * weights of tap firstTap + i * tapStride, reads the input at a * inputStep + inputStart + i * tapStep.
 */
export interface Axis {
  readonly size: number;
  readonly outputStep: number;
  readonly outputStart: number;
  readonly inputStep: number;
  readonly inputStart: number;
  readonly taps: number;
  readonly tapStep: number;
  readonly firstTap: number;
  readonly tapStride: number;
}

/** The axis of a forward convolution. */
export function outputAxis(sizes: Conv2dSizes, attributes: Conv2dAttributes, axis: 0 | 1): Axis {
  return {
    size: sizes.output[axis],
    outputStep: 1,
    outputStart: 0,
    inputStep: attributes.stride[axis],
    inputStart: -attributes.padding[axis],
    taps: sizes.kernel[axis],
    tapStep: attributes.dilation[axis],
    firstTap: 0,
    tapStride: 1,
  };
}

/**
 * The axes of the gradient by the input, one per residue class modulo the stride: the positions of a class receive
 * contributions from the same taps, those k for which (position + padding - k * dilation) is divisible by the stride. Taps
 * are visited in descending order, so that positions of dy ascend.
 */
export function inputAxes(sizes: Conv2dSizes, attributes: Conv2dAttributes, axis: 0 | 1): Axis[] {
  const stride = attributes.stride[axis];
  const padding = attributes.padding[axis];
  const dilation = attributes.dilation[axis];
  const size = sizes.input[axis];
  return Array.from({ length: Math.min(stride, size) }, (_, residue) => {
    const taps = Array.from({ length: sizes.kernel[axis] }, (_, k) => k).filter(
      (k) => (residue + padding - k * dilation) % stride === 0,
    );
    const last = taps.at(-1) ?? 0;
    const tapStride = taps.length > 1 ? taps[1] - taps[0] : 1;
    return {
      size: Math.ceil((size - residue) / stride),
      outputStep: stride,
      outputStart: residue,
      inputStep: 1,
      inputStart: taps.length > 0 ? (residue + padding - last * dilation) / stride : 0,
      taps: taps.length,
      tapStep: taps.length > 1 ? (tapStride * dilation) / stride : 1,
      firstTap: last,
      tapStride: -tapStride,
    };
  });
}
