import type { KernelCall, Operand } from '../../graph/operation.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';
import { columnSumCalls } from '../record/reduceCalls.js';
import { workgroupOf } from './conv2dStrips.js';
import { ENOUGH_INVOCATIONS, kernelRows, outputWindow } from './depthwiseWindow.js';
import { chunkedCalls, slideOf, type WeightGradientCall } from './weightGradientChunks.js';

/** Arguments of the lowering of a depthwise convolution's gradient by the weights. */
export interface DepthwiseWeightGradientCall extends WeightGradientCall {
  /** The input is max(x, 0). */
  readonly relu?: boolean;
  /** Mean, scale and shift per channel of x, [3][C]: x is normalised while it is read. */
  readonly factors?: Operand;
}

/** Most chunks of the first stage: few on software drivers, so that one dispatch adds their sums. */
const MAX_CHUNKS = { software: 32, gpu: 1024 };

/** Gradient by w. */
export function depthwiseWeightGradientCalls(call: DepthwiseWeightGradientCall): KernelCall[] {
  return windowCalls(call) ?? rowCalls(call);
}

/** One invocation computes the taps of one row of the kernel. */
function rowCalls(call: DepthwiseWeightGradientCall): KernelCall[] {
  const { sizes, dw, relu = false } = call;
  const { slide, spacing } = slideOf(call);
  const copies = sizes.outputs / sizes.channels;
  const taps = sizes.kernel[1] > 3 ? 5 : 3;
  const tapBlocks = Math.ceil(sizes.kernel[1] / taps);
  return chunkedCalls(call, {
    kernel: 'conv/depthwiseWeightGradient',
    constants: { TAPS: taps, SLIDE: slide, RELU: relu },
    uniforms: { tapBlocks, vectors: dw.vectors, copies, spacing },
    blocks: tapBlocks * sizes.kernel[0] * copies * dw.vectors,
    flatten: false,
  });
}

/**
 * One invocation computes all taps: fewer loads, but fewer invocations. Undefined where it is slower or does not support the
 * sizes.
 */
function windowCalls(call: DepthwiseWeightGradientCall): KernelCall[] | undefined {
  const { sizes, attributes, x, dy, dw, relu = false, factors, target, scratch } = call;
  const [kernel, kernelWidth] = sizes.kernel;
  if (kernel !== kernelWidth || (kernel !== 3 && kernel !== 5)) return undefined;
  const [rows, columns] = ([0, 1] as const).map((axis) => outputWindow(sizes, attributes, axis));
  if (!rows || !columns) return undefined;
  const [height, width] = sizes.output;
  const rowsEach = rows.advance === 1 ? 2 : 1;
  const rowBlocks = Math.ceil(height / (rowsEach * rows.spacing)) * rows.spacing;
  const blocks = sizes.images * rowBlocks;
  const software = target.softwareLanes > 0;
  // The second stage needs contiguous rows of vec4s.
  const most = dw.stride === dw.vectors ? Math.min(blocks, software ? MAX_CHUNKS.software : MAX_CHUNKS.gpu) : 1;
  if (!factors && !software && most * dy.vectors < ENOUGH_INVOCATIONS) return undefined;
  const enough = Math.ceil((software ? 512 : 2 * ENOUGH_INVOCATIONS) / dy.vectors);
  const chunkBlocks = Math.ceil(blocks / Math.min(most, enough));
  const chunks = Math.ceil(blocks / chunkBlocks);
  const vectors = dw.rows * dw.vectors;
  const partial = chunks === 1 ? dw : { operand: scratch(chunks * vectors * 4), offset: 0, stride: dw.vectors };
  const workgroup = software ? 8 : workgroupOf(target);
  const calls: KernelCall[] = [
    {
      kernel: 'conv/depthwiseWeightWindow',
      constants: { WORKGROUP: workgroup, KERNEL: kernel, ROWS: kernelRows(rowsEach, target) },
      uniforms: {
        chunks,
        chunkBlocks,
        blocks,
        rowBlocks,
        rowSpacing: rows.spacing,
        spacing: columns.spacing,
        advance: columns.advance,
        height,
        width,
        vectors: x.vectors,
        copies: sizes.outputs / sizes.channels,
        ...viewUniforms('dy', dy),
        ...viewUniforms('x', x),
        xHeight: sizes.input[0],
        xWidth: sizes.input[1],
        rowStep: rows.step,
        rowStart: rows.start,
        tapRowStep: rows.tapStep,
        columnStep: columns.step,
        columnStart: columns.start,
        tapColumnStep: columns.tapStep,
        wOffset: partial.offset,
        wStride: partial.stride,
        relu: relu ? 1 : 0,
        normalised: factors ? 1 : 0,
        rowsEach,
      },
      bindings: { x: x.operand, dy: dy.operand, factors: factors ?? dy.operand, dw: partial.operand },
      grid: gridOf(chunks * dy.vectors, workgroup),
    },
  ];
  if (chunks === 1) return calls;
  const sums = { operand: partial.operand, offset: 0, stride: vectors };
  return [...calls, ...columnSumCalls(sums, dw, { groups: 1, rows: chunks, vectors, factor: 1 }, scratch)];
}
