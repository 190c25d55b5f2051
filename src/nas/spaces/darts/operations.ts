import type { Value } from '../../../engine/graph/graph.js';
import type { BatchNorm2d } from '../../../engine/nn/batchNorm2d.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { averagePool } from '../../../engine/ops/averagePool.js';
import { concat } from '../../../engine/ops/concat.js';
import { maxPool } from '../../../engine/ops/maxPool.js';
import { relu } from '../../../engine/ops/relu.js';
import type { NetworkMode } from '../../training/classifier.js';
import { type Block, batchNormLayer, batchNormMode, type LayerContext } from '../layers.js';

/** Candidates of an edge (Liu et al. 2019, DARTS, section 3.1.1), in the order of the columns of a table of alphas. */
export const OPERATIONS = [
  'none',
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
] as const;

export type OperationName = (typeof OPERATIONS)[number];

/** An operation up to its last batch norm, which whoever sums several operations can do on the way. */
export interface Candidate {
  compute(x: Value, mode: NetworkMode): Value;
  /** Absent where the operation ends without one: the skip connection at stride 1. */
  readonly norm?: BatchNorm2d;
}

export interface CandidateSizes {
  readonly channels: number;
  readonly stride: 1 | 2;
}

/** The operation of a name; undefined for `none`, which adds nothing. */
export function candidate(
  name: OperationName | 'conv_7x1_1x7',
  context: LayerContext,
  prefix: string,
  sizes: CandidateSizes,
): Candidate | undefined {
  switch (name) {
    case 'none':
      return undefined;
    case 'max_pool_3x3':
      return pool(context, prefix, sizes, (x) => maxPool(x, { kernel: 3, stride: sizes.stride, padding: 1 }));
    case 'avg_pool_3x3':
      return pool(context, prefix, sizes, (x) =>
        averagePool(x, { kernel: 3, stride: sizes.stride, padding: 1, countPadding: false }),
      );
    case 'skip_connect':
      return sizes.stride === 1
        ? { compute: (x) => x }
        : factorizedReduce(context, prefix, { inputs: sizes.channels, outputs: sizes.channels });
    case 'sep_conv_3x3':
      return separableConvolution(context, prefix, sizes, 3);
    case 'sep_conv_5x5':
      return separableConvolution(context, prefix, sizes, 5);
    case 'dil_conv_3x3':
      return dilatedConvolution(context, prefix, sizes, 3);
    case 'dil_conv_5x5':
      return dilatedConvolution(context, prefix, sizes, 5);
    case 'conv_7x1_1x7':
      return rowsThenColumns(context, prefix, sizes);
  }
}

/** An operation whole, its batch norm included. */
export function block(context: LayerContext, { compute, norm }: Candidate): Block {
  return (x, mode) => norm?.forward(compute(x, mode), batchNormMode(context, mode)) ?? compute(x, mode);
}

/** In a search, pools are followed by batch norm so that their scale is that of the other candidates. */
function pool(context: LayerContext, prefix: string, { channels }: CandidateSizes, compute: Block): Candidate {
  return { compute, norm: batchNormLayer({ ...context, affine: false }, `${prefix}/norm`, channels) };
}

/**
 * Halves the image without losing the odd pixels: ReLU, two 1x1 convolutions of stride 2, the second of the image moved by
 * one pixel, side by side, batch norm.
 */
export function factorizedReduce(
  context: LayerContext,
  prefix: string,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): Candidate {
  const half = (name: string, padding: [number, number, number, number], share: number) =>
    new Conv2d(context.weights, `${prefix}/${name}`, { inputs, outputs: share, kernel: 1, stride: 2, padding });
  const even = half('even', [0, 0, 0, 0], outputs >> 1);
  const odd = half('odd', [-1, -1, 0, 0], outputs - (outputs >> 1));
  return {
    compute: (x) => {
      const positive = relu(x);
      return concat([even.forward(positive), odd.forward(positive)]);
    },
    norm: batchNormLayer(context, `${prefix}/norm`, outputs),
  };
}

/** ReLU, depthwise convolution, pointwise convolution. */
function depthwisePointwise(
  context: LayerContext,
  prefix: string,
  { channels, stride }: CandidateSizes,
  { kernel, dilation }: { readonly kernel: number; readonly dilation: number },
): (x: Value) => Value {
  const depthwise = new Conv2d(context.weights, `${prefix}/depthwise`, {
    inputs: channels,
    outputs: channels,
    groups: channels,
    kernel,
    stride,
    dilation,
    padding: (dilation * (kernel - 1)) / 2,
  });
  const pointwise = new Conv2d(context.weights, `${prefix}/pointwise`, {
    inputs: channels,
    outputs: channels,
    kernel: 1,
  });
  return (x) => pointwise.forward(depthwise.forward(relu(x)));
}

/** ReLU, depthwise, pointwise and batch norm, twice; the first time with the stride. */
function separableConvolution(context: LayerContext, prefix: string, sizes: CandidateSizes, kernel: number): Candidate {
  const { channels } = sizes;
  const first = depthwisePointwise(context, `${prefix}/first`, sizes, { kernel, dilation: 1 });
  const firstNorm = batchNormLayer(context, `${prefix}/first/norm`, channels);
  const second = depthwisePointwise(context, `${prefix}/second`, { channels, stride: 1 }, { kernel, dilation: 1 });
  return {
    compute: (x, mode) => second(firstNorm.forward(first(x), batchNormMode(context, mode))),
    norm: batchNormLayer(context, `${prefix}/second/norm`, channels),
  };
}

function dilatedConvolution(context: LayerContext, prefix: string, sizes: CandidateSizes, kernel: number): Candidate {
  return {
    compute: depthwisePointwise(context, prefix, sizes, { kernel, dilation: 2 }),
    norm: batchNormLayer(context, `${prefix}/norm`, sizes.channels),
  };
}

/** NASNet's 1x7 and 7x1: a row of seven taps with the stride along rows, then a column of seven with that along columns. */
function rowsThenColumns(context: LayerContext, prefix: string, { channels, stride }: CandidateSizes): Candidate {
  const sizes = { inputs: channels, outputs: channels };
  const rows = new Conv2d(context.weights, `${prefix}/1x7`, {
    ...sizes,
    kernel: [1, 7],
    stride: [1, stride],
    padding: [0, 3],
  });
  const columns = new Conv2d(context.weights, `${prefix}/7x1`, {
    ...sizes,
    kernel: [7, 1],
    stride: [stride, 1],
    padding: [3, 0],
  });
  return {
    compute: (x) => columns.forward(rows.forward(relu(x))),
    norm: batchNormLayer(context, `${prefix}/norm`, channels),
  };
}
