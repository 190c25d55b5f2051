import type { Value } from '../../../engine/graph/graph.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { DepthwiseConv2d } from '../../../engine/nn/depthwiseConv2d.js';
import { concat } from '../../../engine/ops/copy/concat.js';
import { subsample } from '../../../engine/ops/copy/subsample.js';
import { relu } from '../../../engine/ops/elementwise/relu.js';
import { averagePool } from '../../../engine/ops/pool/averagePool.js';
import { maxPool } from '../../../engine/ops/pool/maxPool.js';
import type { NetworkMode } from '../../networks/classifier.js';
import { type Block, batchNormLayer, batchNormMode, type LayerContext } from '../../networks/layers.js';
import type { GenotypeOperation } from './genotype.js';

/** Candidates of an edge (Liu et al. 2019, DARTS, section 3.1.1), in the order of the columns of the architecture parameters. */
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

/** Operations without weights, whose result is the same for all edges that leave a node. */
export const POOLS: ReadonlySet<string> = new Set(['max_pool_3x3', 'avg_pool_3x3']);

export type OperationName = (typeof OPERATIONS)[number];

/** An operation without its last batch norm, which a mixture fuses into its weighted sum. */
export interface Candidate {
  compute(x: Value, mode: NetworkMode): Value;
  /** Channels of the result, of all copies. */
  readonly channels: number;
  /** Whether the batch norm may have scale and shift. Not after a pool, where it only matches the scale of the other candidates. */
  readonly affine?: boolean;
}

export interface CandidateSizes {
  readonly channels: number;
  readonly stride: 1 | 2;
  /** Copies with weights of their own, concatenated along the channels; default 1. */
  readonly copies?: number;
}

/** The operation of a name; undefined for `none`, which is zero, and for the skip connection at stride 1, which is the identity. */
export function candidate(
  name: GenotypeOperation,
  context: LayerContext,
  prefix: string,
  sizes: CandidateSizes,
): Candidate | undefined {
  const { channels, stride, copies = 1 } = sizes;
  switch (name) {
    case 'none':
      return undefined;
    case 'max_pool_3x3':
      // Copies of a pool would be equal, so one is computed.
      return { compute: (x) => maxPool(x, { kernel: 3, stride, padding: 1 }), channels, affine: false };
    case 'avg_pool_3x3':
      return {
        compute: (x) => averagePool(x, { kernel: 3, stride, padding: 1, countPadding: false }),
        channels,
        affine: false,
      };
    case 'skip_connect':
      return stride === 1
        ? undefined
        : factorizedReduce(context, prefix, { inputs: channels, outputs: channels, copies });
    case 'sep_conv_3x3':
      return separableConvolution(context, prefix, sizes, 3);
    case 'sep_conv_5x5':
      return separableConvolution(context, prefix, sizes, 5);
    case 'sep_conv_7x7':
      return separableConvolution(context, prefix, sizes, 7);
    case 'dil_conv_3x3':
      return dilatedConvolution(context, prefix, sizes, 3);
    case 'dil_conv_5x5':
      return dilatedConvolution(context, prefix, sizes, 5);
    case 'conv_7x1_1x7':
      return rowsThenColumns(context, prefix, sizes);
  }
}

/** A complete operation with a batch norm of its own at the end. */
export function block(context: LayerContext, prefix: string, { compute, channels, affine = true }: Candidate): Block {
  const norm = batchNormLayer({ ...context, affine: context.affine && affine }, `${prefix}/norm`, channels);
  return (x, mode) => norm.forward(compute(x, mode), batchNormMode(context, mode));
}

/**
 * Factorized reduction (DARTS' code), which halves the image without skipping odd pixels: ReLU, then two 1x1 convolutions of stride 2,
 * the second on the image shifted by one pixel, concatenated. They are computed as convolutions of stride 1 on subsampled images, whose
 * gradients write less memory.
 */
export function factorizedReduce(
  context: LayerContext,
  prefix: string,
  { inputs, outputs, copies = 1 }: { readonly inputs: number; readonly outputs: number; readonly copies?: number },
): Candidate {
  const half = (name: string, share: number) =>
    new Conv2d(context.weights, `${prefix}/${name}`, { inputs, outputs: share, kernel: 1 });
  const halves = Array.from({ length: copies }, (_, copy) => {
    const name = copies > 1 ? `copy ${copy}/` : '';
    return { even: half(`${name}even`, outputs >> 1), odd: half(`${name}odd`, outputs - (outputs >> 1)) };
  });
  return {
    compute: (x) => {
      const positive = relu(x);
      const pixels = { even: subsample(positive, [0, 0]), odd: subsample(positive, [1, 1]) };
      return concat(halves.flatMap(({ even, odd }) => [even.forward(pixels.even), odd.forward(pixels.odd)]));
    },
    channels: copies * outputs,
  };
}

interface DepthwisePointwise {
  readonly depthwise: DepthwiseConv2d;
  readonly pointwise: Conv2d;
}

/**
 * ReLU, depthwise convolution, pointwise convolution. For candidates that read the edge's input, the depthwise result is checkpointed:
 * it is recomputed for the gradient of the pointwise convolution instead of being stored, which takes a quarter less memory for a step
 * of the search network. In the second half of a separable convolution it is stored, because recomputing it would recompute the batch
 * statistics too.
 * @param stacked the input already has the channels of all copies
 */
function depthwisePointwise(
  context: LayerContext,
  prefix: string,
  { channels, stride, copies = 1 }: CandidateSizes,
  { kernel, dilation, stacked }: { readonly kernel: number; readonly dilation: number; readonly stacked: boolean },
): DepthwisePointwise {
  const depthwise = new DepthwiseConv2d(context.weights, `${prefix}/depthwise`, {
    channels: stacked ? copies * channels : channels,
    copies: stacked ? 1 : copies,
    kernel,
    stride,
    dilation,
    padding: (dilation * (kernel - 1)) / 2,
    relu: true,
  });
  const pointwise = new Conv2d(context.weights, `${prefix}/pointwise`, {
    inputs: copies * channels,
    outputs: copies * channels,
    groups: copies,
    kernel: 1,
  });
  return { depthwise, pointwise };
}

/** ReLU, depthwise and pointwise convolution, batch norm, all twice; the first with the stride (separable convolution of DARTS). */
function separableConvolution(context: LayerContext, prefix: string, sizes: CandidateSizes, kernel: number): Candidate {
  const { channels, copies = 1 } = sizes;
  const shape = { kernel, dilation: 1 };
  const first = depthwisePointwise(context, `${prefix}/first`, sizes, { ...shape, stacked: false });
  const norm = batchNormLayer(context, `${prefix}/first/norm`, copies * channels);
  const second = depthwisePointwise(
    context,
    `${prefix}/second`,
    { channels, copies, stride: 1 },
    { ...shape, stacked: true },
  );
  return {
    compute: (x, mode) => {
      const between = x.graph.checkpoint(() => first.pointwise.forward(first.depthwise.forward(x)));
      const normMode = batchNormMode(context, mode);
      // Batch norm and depthwise convolution are fused into one kernel up to 5x5.
      const depthwise =
        kernel > 5
          ? second.depthwise.forward(norm.forward(between, normMode))
          : second.depthwise.afterNorm(between, norm, normMode);
      return second.pointwise.forward(depthwise);
    },
    channels: copies * channels,
  };
}

function dilatedConvolution(context: LayerContext, prefix: string, sizes: CandidateSizes, kernel: number): Candidate {
  const { depthwise, pointwise } = depthwisePointwise(context, prefix, sizes, { kernel, dilation: 2, stacked: false });
  return {
    compute: (x) => x.graph.checkpoint(() => pointwise.forward(depthwise.forward(x))),
    channels: (sizes.copies ?? 1) * sizes.channels,
  };
}

/** NASNet's 1x7 and 7x1: a row of seven taps with the stride along rows, then a column of seven with that along columns. */
function rowsThenColumns(
  context: LayerContext,
  prefix: string,
  { channels, stride, copies = 1 }: CandidateSizes,
): Candidate {
  const rows = new Conv2d(context.weights, `${prefix}/1x7`, {
    inputs: channels,
    outputs: copies * channels,
    kernel: [1, 7],
    stride: [1, stride],
    padding: [0, 3],
  });
  const columns = new Conv2d(context.weights, `${prefix}/7x1`, {
    inputs: copies * channels,
    outputs: copies * channels,
    groups: copies,
    kernel: [7, 1],
    stride: [stride, 1],
    padding: [3, 0],
  });
  return { compute: (x) => columns.forward(rows.forward(relu(x))), channels: copies * channels };
}
