import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, Operand, TensorView } from '../../graph/operation.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';
import { columnSumCalls } from '../record/reduceCalls.js';
import { bucketSize, chooseVariant } from '../record/variants.js';
import { type Conv2dAttributes, type Conv2dSizes, outputAxis } from './conv2dGeometry.js';
import { isPointwise, workgroupOf } from './conv2dStrips.js';

/** Arguments of the lowering of a gradient by the weights. */
export interface WeightGradientCall {
  readonly sizes: Conv2dSizes;
  readonly attributes: Conv2dAttributes;
  readonly x: TensorView;
  readonly dy: TensorView;
  readonly dw: TensorView;
  readonly target: KernelTarget;
  scratch(elements: number): Operand;
}

/** Pixels per row of a pointwise convolution, whose rows only serve to form chunks. */
const FLAT_WIDTH = 32;

/** The part of a kernel call that depends on the kind of convolution. */
export interface WeightGradientBlocks {
  readonly kernel: string;
  readonly constants: NonNullable<KernelCall['constants']>;
  readonly uniforms: KernelCall['uniforms'];
  /** Invocations per chunk. */
  readonly blocks: number;
  /** The kernel ignores the rows of images where the convolution is pointwise. */
  readonly flatten: boolean;
}

/** Gradient by w: partial sums over chunks of rows of pixels, then the sum of the chunks. */
export function chunkedCalls(call: WeightGradientCall, first: WeightGradientBlocks): KernelCall[] {
  const { dw, target, scratch } = call;
  const { blocks, flatten } = first;
  const { pixels, ...rows } = rowsOfPixels(call, flatten);
  const { chunks, chunkRows } = chunksOf(rows, first, call);
  const partial =
    chunks === 1 ? dw : { operand: scratch(chunks * dw.rows * dw.vectors * 4), offset: 0, stride: dw.vectors };
  const calls: KernelCall[] = [
    {
      kernel: first.kernel,
      constants: { ...first.constants, WORKGROUP: workgroupOf(target) },
      uniforms: {
        ...first.uniforms,
        ...tapUniforms(call),
        ...rows,
        ...(flatten ? { blocks, pixels } : {}),
        chunks,
        chunkRows,
        wOffset: partial.offset,
        wStride: partial.stride,
      },
      bindings: { x: call.x.operand, dy: call.dy.operand, dw: partial.operand },
      grid: gridOf(blocks * chunks, workgroupOf(target)),
    },
  ];
  if (chunks === 1) return calls;
  const vectors = dw.rows * dw.vectors;
  const sums = { operand: partial.operand, offset: 0, stride: vectors };
  return [...calls, ...columnSumCalls(sums, dw, { groups: 1, rows: chunks, vectors, factor: 1 }, scratch)];
}

/** Whether pixels that are `spacing` apart read inputs one tap apart, so that loads can be shared. */
export function slideOf({ sizes, attributes }: WeightGradientCall) {
  const stride = attributes.stride[1];
  const dilation = attributes.dilation[1];
  const slide = sizes.kernel[1] > 1 && dilation % stride === 0;
  return { slide, spacing: slide ? dilation / stride : 1 };
}

/** Uniforms for the positions of a pixel's taps. */
export function tapUniforms({ sizes, attributes, x, dy }: WeightGradientCall) {
  return {
    ...viewUniforms('dy', dy),
    ...viewUniforms('x', x),
    rowStep: attributes.stride[0],
    rowStart: -attributes.padding[0],
    tapRowStep: attributes.dilation[0],
    columnStep: attributes.stride[1],
    columnStart: -attributes.padding[1],
    tapColumnStep: attributes.dilation[1],
    tapRows: sizes.kernel[0],
    tapColumns: sizes.kernel[1],
  };
}

/** The rows of pixels that form chunks: rows of the images or, for pointwise convolutions, arbitrary ones. */
function rowsOfPixels({ sizes, attributes }: WeightGradientCall, flatten: boolean) {
  const { input, output, images } = sizes;
  const pixels = images * output[0] * output[1];
  const flat =
    flatten && ([0, 1] as const).every((i) => isPointwise(outputAxis(sizes, attributes, i), input[i], output[i]));
  if (!flat)
    return {
      ...{ pixels, rows: images * output[0], height: output[0], width: output[1] },
      ...{ xHeight: input[0], xWidth: input[1] },
    };
  const width = Math.min(FLAT_WIDTH, pixels);
  const rows = Math.ceil(pixels / width);
  return { pixels, rows, height: rows, width, xHeight: rows, xWidth: width };
}

/**
 * Chunks of rows: enough to keep the target busy, none with too few pixels to pay for its partial sum, and on software
 * drivers few enough that one dispatch adds them.
 */
function chunksOf(
  { rows, width }: { rows: number; width: number },
  { kernel, blocks }: WeightGradientBlocks,
  { dw, target }: WeightGradientCall,
) {
  // The second stage needs contiguous rows of vec4s.
  if (dw.stride !== dw.vectors) return { chunks: 1, chunkRows: rows };
  const most = Math.min(rows, Math.ceil((rows * width) / FLAT_WIDTH), target.softwareLanes > 0 ? 32 : 1024);
  const bucket = `${kernel} b${bucketSize(blocks)} ${bucketSize(rows)}x${bucketSize(width)}`;
  const invocations = invocationsFor(bucket, target);
  const chunkRows = Math.ceil(rows / Math.min(most, Math.ceil(invocations / blocks)));
  return { chunks: Math.ceil(rows / chunkRows), chunkRows };
}

/** Number of invocations to aim for; variants are named by it. */
function invocationsFor(bucket: string, target: KernelTarget): number {
  const usual = target.softwareLanes > 0 ? 256 : 32768;
  const candidates = [usual, usual / 4, usual * 4].map((count) => `invocations-${count}`);
  const chosen = chooseVariant(target, { family: 'weightGradientChunks', bucket, candidates });
  return Number(chosen.slice('invocations-'.length));
}
