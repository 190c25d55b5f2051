import type { KernelCall } from '../../graph/operation.js';
import { physicalShape } from '../../graph/types.js';
import { elementOf, elementsText, gridOf, viewUniforms } from '../record/kernelCall.js';
import { bucketSize, chooseVariant, firstChoice } from '../record/variants.js';
import { conv2dKind } from './conv2dKernels.js';
import { type TiledWeightVariant, tiledWeightGradientCalls, tiledWeightVariants } from './conv2dTiledWeightKernels.js';
import { depthwiseWeightGradientCalls } from './depthwiseWeightKernels.js';
import { chunkedCalls, slideOf, type WeightGradientBlocks, type WeightGradientCall } from './weightGradientChunks.js';

/** Gradient by w. */
export function conv2dWeightGradientCalls(call: WeightGradientCall): KernelCall[] {
  const kind = conv2dKind(call.sizes, call.attributes, call.dw.type.layout);
  if (kind === 'grouped') return [groupedWeightGradientCall(call)];
  if (kind === 'depthwise') return depthwiseWeightGradientCalls(call);
  const variant = denseVariant(call);
  return variant === 'direct' ? chunkedCalls(call, denseBlocks(call)) : tiledWeightGradientCalls(variant, call);
}

/** The variant of a dense gradient: tiles on GPUs where there are enough pixels. */
function denseVariant(call: WeightGradientCall): 'direct' | TiledWeightVariant {
  const { sizes, attributes, x, dy, target } = call;
  const { groups } = attributes;
  const tiled = target.softwareLanes === 0 ? tiledWeightVariants(call) : { names: [] };
  const channels = `c${4 * bucketSize(x.vectors / groups)}-${4 * bucketSize(dy.vectors / groups)}`;
  const pixels = bucketSize(sizes.images * sizes.output[0] * sizes.output[1]);
  return chooseVariant<'direct' | TiledWeightVariant>(target, {
    family: 'conv2dWeightGradient',
    bucket: `${sizes.kernel[0]}x${sizes.kernel[1]} ${channels} p${pixels}${groups > 1 ? ` g${bucketSize(groups)}` : ''}${elementsText(x, dy)}`,
    candidates: firstChoice(tiled.default ?? 'direct', ['direct', ...tiled.names]),
  });
}

/**
 * The kernel without tiles. Its slots are neighbouring taps of four input channels, or up to four vec4s of input channels of
 * one tap.
 */
function denseBlocks(call: WeightGradientCall): WeightGradientBlocks {
  const { sizes, attributes, x, dy, dw } = call;
  const { slide, spacing } = slideOf(call);
  const rowVectors = x.vectors / attributes.groups;
  const columnVectors = dy.vectors / attributes.groups;
  const slots = slide ? 3 : rowVectors > 2 ? 4 : 2;
  const rowBlocks = Math.ceil(rowVectors / (slide ? 1 : slots));
  const columnBlocks = Math.ceil(columnVectors / 2);
  const tapBlocks = Math.ceil(sizes.kernel[1] / (slide ? slots : 1));
  return {
    kernel: 'conv/conv2dWeightGradient',
    constants: { SLOTS: slots, SLIDE: slide, X: elementOf(x.type), Dy: elementOf(dy.type) },
    uniforms: {
      rowBlocks,
      columnBlocks,
      tapBlocks,
      rowVectors,
      columnVectors,
      spacing,
      wRows: physicalShape(dw.type)[2],
      vectorRows: 4,
    },
    blocks: rowBlocks * columnBlocks * tapBlocks * sizes.kernel[0] * attributes.groups,
    flatten: true,
  };
}

function groupedWeightGradientCall({ sizes, attributes, x, dy, dw }: WeightGradientCall): KernelCall {
  const { stride, padding, dilation, groups } = attributes;
  return {
    kernel: 'conv/groupedWeightGradient',
    uniforms: {
      vectors: dw.vectors,
      channels: sizes.outputs,
      xChannels: sizes.channels / groups,
      yChannels: sizes.outputs / groups,
      images: sizes.images,
      height: sizes.output[0],
      width: sizes.output[1],
      ...viewUniforms('dy', dy),
      ...viewUniforms('x', x),
      xHeight: sizes.input[0],
      xWidth: sizes.input[1],
      rowStride: stride[0],
      columnStride: stride[1],
      top: padding[0],
      left: padding[1],
      rowDilation: dilation[0],
      columnDilation: dilation[1],
      tapRows: sizes.kernel[0],
      tapColumns: sizes.kernel[1],
      wOffset: dw.offset,
      wStride: dw.stride,
      wRows: physicalShape(dw.type)[2],
    },
    bindings: { x: x.operand, dy: dy.operand, dw: dw.operand },
    grid: gridOf(dw.rows * dw.vectors),
  };
}
