import { DTypeError } from '../../errors/errors.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall } from '../../graph/operation.js';
import { type Layout, physicalShape, type ValueType } from '../../graph/types.js';
import { elementsText, gridOf, viewUniforms } from '../record/kernelCall.js';
import { bucketSize, chooseVariant, firstChoice, hasSubgroups } from '../record/variants.js';
import { type Conv2dAttributes, type Conv2dSizes, inputAxes, outputAxis } from './conv2dGeometry.js';
import {
  type Axes,
  type Conv2dCall,
  channelUniforms,
  elementTypes,
  STRIP,
  stripGrid,
  stripUniforms,
  workgroupOf,
} from './conv2dStrips.js';
import { isTiledVariant, type TiledVariant, tiledCall, tiledVariants } from './conv2dTiledKernels.js';
import { depthwiseCalls, depthwiseInputGradientCalls } from './depthwiseKernels.js';

/** Families of kernels for convolutions. */
export type Conv2dKind = 'dense' | 'depthwise' | 'grouped';

/** Number of invocations that keeps a GPU busy. */
const ENOUGH_INVOCATIONS = 16384;

/**
 * `depthwise`: every channel is a group. `dense`: a single group, or groups of whole vec4s. `grouped`: all others.
 */
export function conv2dKind(sizes: Conv2dSizes, attributes: Conv2dAttributes, layout: Layout): Conv2dKind {
  const { groups } = attributes;
  if (groups === 1) return 'dense';
  if (groups === sizes.channels && groups === sizes.outputs && layout === 'rows') return 'depthwise';
  return (sizes.channels / groups) % 4 === 0 && (sizes.outputs / groups) % 4 === 0 ? 'dense' : 'grouped';
}

/** @throws {DTypeError} when a convolution has f16 and its kernels do not support it */
export function checkHalf(
  name: string,
  sizes: Conv2dSizes,
  attributes: Conv2dAttributes,
  layout: Layout,
  ...inputs: readonly ValueType[]
): void {
  const half = attributes.dtype === 'f16' || inputs.some(({ dtype }) => dtype === 'f16');
  if (half && conv2dKind(sizes, attributes, layout) !== 'dense')
    throw new DTypeError(
      `${name}: got f16 in ${attributes.groups} groups of ${sizes.channels / attributes.groups} input channels, wanted f32 or groups of whole fours; cast(x, 'f32') first`,
    );
}

/** y = x * w (+ bias). */
export function conv2dCalls(call: Conv2dCall): KernelCall[] {
  const { sizes, attributes } = call;
  const kind = conv2dKind(sizes, attributes, call.w.type.layout);
  if (kind === 'grouped') return [groupedCall(call, false)];
  if (kind === 'depthwise') return depthwiseCalls(call);
  return [denseCall(call, [outputAxis(sizes, attributes, 0), outputAxis(sizes, attributes, 1)], false)];
}

/** Gradient by x, written to `call.y`, from the gradient of y, `call.x`: one dispatch per residue class of the stride. */
export function conv2dInputGradientCalls(call: Conv2dCall): KernelCall[] {
  const { sizes, attributes } = call;
  const kind = conv2dKind(sizes, attributes, call.w.type.layout);
  if (kind === 'grouped') return [groupedCall(call, true)];
  if (kind === 'depthwise') return depthwiseInputGradientCalls(call);
  return inputAxes(sizes, attributes, 0).flatMap((rows) =>
    inputAxes(sizes, attributes, 1).map((columns) => denseCall(call, [rows, columns], true)),
  );
}

function denseCall(call: Conv2dCall, axes: Axes, transposed: boolean): KernelCall {
  const [rows, columns] = axes;
  const { groups } = call.attributes;
  const { slide, strips } = stripUniforms(call, axes, STRIP);
  const product: DenseProduct = {
    taps: [rows.taps, columns.taps],
    depth: call.x.vectors / groups,
    vectors: call.y.vectors / groups,
    pixels: call.sizes.images * rows.size * columns.size,
    elements: elementsText(call.x, call.w, call.y),
    ...{ groups, strips, slide, transposed },
  };
  const variant = denseVariant(product, call.target);
  if (isTiledVariant(variant)) return tiledCall(variant, call, axes, transposed);
  return stripCall(STRIP_VARIANTS[variant], call, axes, transposed);
}

function stripCall(variant: StripVariant, call: Conv2dCall, axes: Axes, transposed: boolean): KernelCall {
  const { x, w, y, bias, target } = call;
  const { groups } = call.attributes;
  const { kernel, stripsEach, block, constants } = variant;
  const { slide, strips, uniforms } = stripUniforms(call, axes, STRIP);
  const blocks = Math.ceil(y.vectors / groups / block);
  return {
    kernel,
    constants: {
      ...constants(slide, uniforms.tapColumns),
      WORKGROUP: workgroupOf(target),
      TRANSPOSED: transposed,
      ...elementTypes(call),
    },
    uniforms: { ...uniforms, ...channelUniforms(call, transposed), stripPixels: STRIP, blocks },
    bindings: { x: x.operand, w: w.operand, bias: (bias ?? w).operand, y: y.operand },
    grid: stripGrid(Math.ceil(strips / stripsEach), blocks * groups, target),
  };
}

/** Sizes of a dense convolution, or of a residue class of its gradient, that determine which variant is fastest. */
interface DenseProduct {
  readonly taps: readonly [number, number];
  /** vec4s of input and output channels of one group. */
  readonly depth: number;
  readonly vectors: number;
  readonly groups: number;
  /** Pixels, and strips of them, of one group. */
  readonly pixels: number;
  readonly strips: number;
  readonly slide: boolean;
  readonly transposed: boolean;
  /** Element types where they are not all f32. */
  readonly elements: string;
}

interface StripVariant {
  readonly kernel: string;
  /** Strips of pixels per invocation. */
  readonly stripsEach: number;
  /** vec4s of output channels per invocation. */
  readonly block: number;
  /** @param slide whether neighbouring pixels of a strip are one tap apart */
  constants(slide: boolean, tapColumns: number): NonNullable<KernelCall['constants']>;
}

/** Named by strips x vec4s of channels per invocation; `subgroups` and `quads` by vec4s only. */
const STRIP_VARIANTS = {
  'direct-1x1': direct(1),
  'direct-2x2': direct(2),
  'subgroups-2': subgroups(2),
  'subgroups-4': subgroups(4),
  'quads-2': quads(2),
  'quads-4': quads(4),
};

type DenseName = keyof typeof STRIP_VARIANTS | TiledVariant;

function direct(each: number): StripVariant {
  const constants = (slide: boolean) => ({ STRIPS: each, BLOCK: each, SLIDE: slide });
  return { kernel: 'conv/conv2d', stripsEach: each, block: each, constants };
}

function subgroups(block: number): StripVariant {
  const constants = (slide: boolean) => ({ BLOCK: block, SLIDE: slide });
  return { kernel: 'conv/conv2dSubgroups', stripsEach: 2, block, constants };
}

function quads(block: number): StripVariant {
  const constants = (slide: boolean, tapColumns: number) => ({ BLOCK: block, TAPS: slide && tapColumns === 3 ? 3 : 1 });
  return { kernel: 'conv/conv2dQuads', stripsEach: 1, block, constants };
}

function denseVariant(product: DenseProduct, target: KernelTarget): DenseName {
  const { taps, depth, vectors, groups, strips, slide, transposed, elements } = product;
  const sizes = `${taps[0]}x${taps[1]} c${4 * bucketSize(depth)}-${4 * bucketSize(vectors)} s${bucketSize(strips)}`;
  const kind = `${groups > 1 ? ` g${bucketSize(groups)}` : ''}${slide ? ' slide' : ''}${transposed ? ' transposed' : ''}`;
  const names: DenseName[] = ['direct-1x1', 'direct-2x2'];
  if (hasSubgroups(target, 8)) names.push('subgroups-2', 'subgroups-4');
  if (target.softwareLanes > 0 && hasSubgroups(target, 4)) names.push('quads-2', 'quads-4');
  if (target.softwareLanes === 0) names.push(...tiledVariants(product).names);
  const candidates = firstChoice(defaultDense(product, target), names);
  return chooseVariant(target, { family: 'conv2d', bucket: sizes + kind + elements, candidates });
}

/**
 * The variant used unless another has been measured to be faster. GPUs use tiles where there are enough of them. Otherwise
 * two strips and two vec4s of channels per invocation use every loaded value eight times; one of each gives four times as
 * many invocations. On software drivers with subgroups, lanes share the weights that they load, and four vec4s are faster.
 */
function defaultDense(product: DenseProduct, target: KernelTarget): DenseName {
  const { strips, vectors, groups } = product;
  if (target.softwareLanes > 0) {
    if (hasSubgroups(target, 8)) return vectors > 2 ? 'subgroups-4' : 'subgroups-2';
    if (hasSubgroups(target, 4)) return vectors > 2 ? 'quads-4' : 'quads-2';
    return 'direct-2x2';
  }
  const few = strips * groups * vectors < 4 * ENOUGH_INVOCATIONS;
  return tiledVariants(product).default ?? (few ? 'direct-1x1' : 'direct-2x2');
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
