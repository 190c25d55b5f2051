import { physicalShape } from '../graph/types.js';
import { type Conv2dAttributes, type Conv2dSizes, inputAxes, outputAxis } from './conv2dGeometry.js';
import { type Axes, type Conv2dCall, STRIP, stripGrid, stripUniforms, workgroupOf } from './conv2dStrips.js';
import { depthwiseCalls, depthwiseInputGradientCalls } from './depthwiseKernels.js';
import { gridOf, viewUniforms } from './kernelCall.js';
import type { KernelCall, KernelTarget, Located } from './operation.js';
import { bucketSize, chooseVariant, firstChoice, hasSubgroups } from './variants.js';

/** Which kernels a convolution takes. */
export type Conv2dKind = 'dense' | 'depthwise' | 'grouped';

/** Invocations from which a GPU is well filled. */
const ENOUGH_INVOCATIONS = 16384;

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
  if (kind === 'depthwise') return depthwiseCalls(call);
  return [denseCall(call, [outputAxis(sizes, attributes, 0), outputAxis(sizes, attributes, 1)], false)];
}

/** The gradient of x, written to `call.y`, from the gradient of y, `call.x`: one dispatch a residue class of the stride. */
export function conv2dInputGradientCalls(call: Conv2dCall): KernelCall[] {
  const { sizes, attributes } = call;
  const kind = conv2dKind(sizes, attributes, call.w);
  if (kind === 'grouped') return [groupedCall(call, true)];
  if (kind === 'depthwise') return depthwiseInputGradientCalls(call);
  return inputAxes(sizes, attributes, 0).flatMap((rows) =>
    inputAxes(sizes, attributes, 1).map((columns) => denseCall(call, [rows, columns], true)),
  );
}

function denseCall(call: Conv2dCall, axes: Axes, transposed: boolean): KernelCall {
  const { sizes, attributes, x, w, y, bias } = call;
  const { groups } = attributes;
  const depth = x.vectors / groups;
  const vectors = y.vectors / groups;
  const { slide, strips, uniforms } = stripUniforms(call, axes, STRIP);
  const product: DenseProduct = {
    taps: [axes[0].taps, axes[1].taps],
    ...{ depth, vectors, groups, strips, slide, transposed },
  };
  const { kernel, stripsEach, block, constants } = DENSE_VARIANTS[denseVariant(product, call.target)];
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

/** What decides which variant computes a dense convolution, or a residue class of its gradient, fastest. */
interface DenseProduct {
  readonly taps: readonly [number, number];
  /** vec4s of input and output channels of one group. */
  readonly depth: number;
  readonly vectors: number;
  readonly groups: number;
  /** Strips of pixels of one group. */
  readonly strips: number;
  readonly slide: boolean;
  readonly transposed: boolean;
}

interface DenseVariant {
  readonly kernel: string;
  /** Strips of pixels and vec4s of channels of an invocation. */
  readonly stripsEach: number;
  readonly block: number;
  readonly constants: NonNullable<KernelCall['constants']>;
}

/** Named by strips and vec4s of channels, `subgroups` by vec4s alone. */
const DENSE_VARIANTS = {
  'direct-1x1': direct(1),
  'direct-2x2': direct(2),
  'subgroups-2': subgroups(2),
  'subgroups-4': subgroups(4),
};

type DenseName = keyof typeof DENSE_VARIANTS;

function direct(each: number): DenseVariant {
  return { kernel: 'conv/conv2d', stripsEach: each, block: each, constants: { STRIPS: each, BLOCK: each } };
}

function subgroups(block: number): DenseVariant {
  return { kernel: 'conv/conv2dSubgroups', stripsEach: 2, block, constants: { BLOCK: block } };
}

function denseVariant(product: DenseProduct, target: KernelTarget): DenseName {
  const { taps, depth, vectors, groups, strips, slide, transposed } = product;
  const sizes = `${taps[0]}x${taps[1]} c${4 * bucketSize(depth)}-${4 * bucketSize(vectors)} s${bucketSize(strips)}`;
  const kind = `${groups > 1 ? ` g${bucketSize(groups)}` : ''}${slide ? ' slide' : ''}${transposed ? ' transposed' : ''}`;
  const names: DenseName[] = hasSubgroups(target, 8)
    ? ['direct-1x1', 'direct-2x2', 'subgroups-2', 'subgroups-4']
    : ['direct-1x1', 'direct-2x2'];
  const candidates = firstChoice(defaultDense(product, target), names);
  return chooseVariant(target, { family: 'conv2d', bucket: sizes + kind, candidates });
}

/**
 * Two strips and two vec4s of channels an invocation use every loaded value eight times; one of each gives a GPU four times
 * the invocations. Eight lanes of a software driver share the weights that they load, and then four vec4s are quicker.
 */
function defaultDense({ strips, vectors, groups }: DenseProduct, { softwareLanes }: KernelTarget): DenseName {
  if (softwareLanes === 8) return vectors > 2 ? 'subgroups-4' : 'subgroups-2';
  const few = strips * groups * vectors < 4 * ENOUGH_INVOCATIONS;
  return softwareLanes === 0 && few ? 'direct-1x1' : 'direct-2x2';
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
