import { physicalShape } from '../graph/types.js';
import { type Axis, type Conv2dAttributes, type Conv2dSizes, inputAxes, outputAxis } from './conv2dGeometry.js';
import { gridOf, viewUniforms } from './kernelCall.js';
import type { KernelCall, KernelTarget, Located } from './operation.js';

/** Which kernels a convolution takes. */
export type Conv2dKind = 'dense' | 'depthwise' | 'grouped';

/** Pixels of one row that an invocation computes. */
const STRIP = 4;
/** Invocations from which a GPU is well filled. */
const ENOUGH_INVOCATIONS = 16384;

/** Small workgroups divide little work evenly among the threads of a software driver; GPUs want whole warps. */
export function workgroupOf({ softwareLanes }: KernelTarget): number {
  return softwareLanes > 0 ? 16 : 64;
}

/** What a lowering is given for one convolution; `x` and `y` are its input and output or their gradients. */
export interface Conv2dCall {
  readonly sizes: Conv2dSizes;
  readonly attributes: Conv2dAttributes;
  readonly x: Located;
  readonly w: Located;
  readonly y: Located;
  readonly bias?: Located;
  readonly target: KernelTarget;
}

/**
 * `depthwise`: every channel its own group. `dense`: groups, or the only one, of whole vec4s. `grouped`: the rest.
 */
export function conv2dKind(sizes: Conv2dSizes, attributes: Conv2dAttributes, w: Located): Conv2dKind {
  const { groups } = attributes;
  if (groups === 1) return 'dense';
  if (groups === sizes.channels && groups === sizes.outputs && w.type.layout === 'rows') return 'depthwise';
  return (sizes.channels / groups) % 4 === 0 && (sizes.outputs / groups) % 4 === 0 ? 'dense' : 'grouped';
}

/** y = x * w (+ bias). */
export function conv2dCalls(call: Conv2dCall): KernelCall[] {
  const { sizes, attributes } = call;
  const kind = conv2dKind(sizes, attributes, call.w);
  if (kind === 'grouped') return [groupedCall(call, false)];
  const axes = [outputAxis(sizes, attributes, 0), outputAxis(sizes, attributes, 1)] as const;
  return [kind === 'dense' ? denseCall(call, axes, false) : depthwiseCall(call, axes)];
}

/** The gradient of x, written to `call.y`, from the gradient of y, `call.x`: one dispatch a residue class of the stride. */
export function conv2dInputGradientCalls(call: Conv2dCall): KernelCall[] {
  const { sizes, attributes } = call;
  const kind = conv2dKind(sizes, attributes, call.w);
  if (kind === 'grouped') return [groupedCall(call, true)];
  return inputAxes(sizes, attributes, 0).flatMap((rows) =>
    inputAxes(sizes, attributes, 1).map((columns) => {
      const axes = [rows, columns] as const;
      return kind === 'dense' ? denseCall(call, axes, true) : depthwiseCall(call, axes);
    }),
  );
}

type Axes = readonly [Axis, Axis];

function denseCall(call: Conv2dCall, axes: Axes, transposed: boolean): KernelCall {
  const { sizes, attributes, x, w, y, bias } = call;
  const { groups } = attributes;
  const depth = x.vectors / groups;
  const vectors = y.vectors / groups;
  const { slide, strips, uniforms } = stripUniforms(call, axes, STRIP);
  const { kernel, stripsEach, block, constants } = denseVariant(strips * groups, vectors, call.target);
  const blocks = Math.ceil(vectors / block);
  const wRows = physicalShape(w.type)[2];
  return {
    kernel,
    constants: { ...constants, WORKGROUP: workgroupOf(call.target), SLIDE: slide, TRANSPOSED: transposed },
    uniforms: {
      ...uniforms,
      wOffset: w.offset,
      wStride: w.stride,
      wRows,
      lastRow: w.type.shape[2] - 1,
      biasOffset: bias?.offset ?? 0,
      hasBias: bias ? 1 : 0,
      stripPixels: STRIP,
      depth,
      vectors,
      channels: (transposed ? sizes.channels : sizes.outputs) / groups,
      blocks,
    },
    bindings: { x: x.operand, w: w.operand, bias: (bias ?? w).operand, y: y.operand },
    grid: stripGrid(Math.ceil(strips / stripsEach), blocks * groups, call.target),
  };
}

interface DenseVariant {
  readonly kernel: string;
  /** Strips of pixels and vec4s of channels of an invocation. */
  readonly stripsEach: number;
  readonly block: number;
  readonly constants: NonNullable<KernelCall['constants']>;
}

/**
 * Two strips and two vec4s of channels an invocation use every loaded value eight times; one of each gives a GPU four times
 * the invocations. Eight lanes of a software driver share the weights that they load, and then four vec4s are quicker.
 * @param strips of all groups
 * @param vectors vec4s of channels of one group
 */
function denseVariant(strips: number, vectors: number, { softwareLanes }: KernelTarget): DenseVariant {
  if (softwareLanes === 8) {
    const block = vectors > 2 ? 4 : 2;
    return { kernel: 'conv/conv2dSubgroups', stripsEach: 2, block, constants: { BLOCK: block } };
  }
  const each = softwareLanes === 0 && strips * vectors < 4 * ENOUGH_INVOCATIONS ? 1 : 2;
  return { kernel: 'conv/conv2d', stripsEach: each, block: each, constants: { STRIPS: each, BLOCK: each } };
}

function depthwiseCall(call: Conv2dCall, axes: Axes): KernelCall {
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

function stripGrid(strips: number, blocks: number, target: KernelTarget): [number, number, number] {
  const [x, z] = gridOf(strips, workgroupOf(target));
  return [x, blocks, z];
}

/**
 * Uniforms that say which pixels are computed and where their taps lie; common to the dense and depthwise kernels.
 * @param length pixels of a strip
 */
function stripUniforms({ sizes, x, y }: Conv2dCall, [rows, columns]: Axes, length: number) {
  const slide = columns.taps > 1 && columns.tapStep % columns.inputStep === 0;
  const spacing = slide ? columns.tapStep / columns.inputStep : 1;
  const [yHeight, yWidth] = y.type.shape.slice(1);
  const [xHeight, xWidth] = x.type.shape.slice(1);
  // A convolution of single pixels: all of them are one row, which no image's edge cuts.
  const flat = isPointwise(rows, xHeight, yHeight) && isPointwise(columns, xWidth, yWidth);
  const extents = flat
    ? { height: 1, width: x.rows, yHeight: 1, yWidth: x.rows, xHeight: 1, xWidth: x.rows }
    : { height: rows.size, width: columns.size, yHeight, yWidth, xHeight, xWidth };
  const rowStrips = Math.ceil(extents.width / (length * spacing)) * spacing;
  const strips = (flat ? 1 : sizes.images * rows.size) * rowStrips;
  const kernelWidth = sizes.kernel[1];
  return {
    slide,
    strips,
    uniforms: {
      strips,
      rowStrips,
      spacing,
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

/** Position a of the output sees position a of the input, and nothing else. */
export function isPointwise(axis: Axis, inputSize: number, outputSize: number): boolean {
  return (
    axis.taps === 1 &&
    axis.inputStep === 1 &&
    axis.inputStart === 0 &&
    axis.size === inputSize &&
    axis.size === outputSize
  );
}

function groupedCall({ sizes, attributes, x, w, y, bias }: Conv2dCall, gradient: boolean): KernelCall {
  const { stride, padding, dilation, groups } = attributes;
  const inputs = sizes.channels / groups;
  const outputs = sizes.outputs / groups;
  return {
    kernel: 'conv/grouped',
    constants: { GRADIENT: gradient, BIAS: bias !== undefined },
    uniforms: {
      rows: y.rows,
      vectors: y.vectors,
      channels: gradient ? sizes.channels : sizes.outputs,
      xChannels: gradient ? outputs : inputs,
      yChannels: gradient ? inputs : outputs,
      height: y.type.shape[1],
      width: y.type.shape[2],
      ...viewUniforms('y', y),
      ...viewUniforms('x', x),
      xHeight: x.type.shape[1],
      xWidth: x.type.shape[2],
      rowStride: stride[0],
      columnStride: stride[1],
      top: padding[0],
      left: padding[1],
      rowDilation: dilation[0],
      columnDilation: dilation[1],
      tapRows: sizes.kernel[0],
      tapColumns: sizes.kernel[1],
      wOffset: w.offset,
      biasOffset: bias?.offset ?? 0,
      wStride: w.stride,
      wRows: physicalShape(w.type)[2],
    },
    bindings: { x: x.operand, w: w.operand, bias: (bias ?? w).operand, y: y.operand },
    grid: gridOf(y.rows * y.vectors),
  };
}
