import type { Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { BatchNorm2d, type BatchNormMode } from '../../engine/nn/batchNorm2d.js';
import { Conv2d } from '../../engine/nn/conv2d.js';
import { relu } from '../../engine/ops/elementwise/relu.js';
import type { NetworkMode } from './classifier.js';

/** Variable sets of the layers, and settings of their batch norm. */
export interface LayerContext {
  readonly weights: VariableSet;
  readonly runningStatistics: VariableSet;
  readonly affine: boolean;
  /** False: batches are normalised by their own statistics in every mode. */
  readonly trackRunningStatistics: boolean;
}

/** A part of a network; `mode` selects the statistics of batch norm. */
export type Block = (x: Value, mode: NetworkMode) => Value;

interface ConvolutionSizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
}

/** ReLU, convolution without bias, batch norm. */
export function reluConvBatchNorm(context: LayerContext, name: string, sizes: ConvolutionSizes): Block {
  const block = convBatchNorm(context, name, sizes);
  return (x, mode) => block(relu(x), mode);
}

/** Convolution without bias, batch norm and, optionally, ReLU fused with it. */
export function convBatchNorm(
  context: LayerContext,
  name: string,
  { inputs, outputs, kernel, stride = 1 }: ConvolutionSizes,
  options: { readonly relu?: boolean } = {},
): Block {
  const padding = (kernel - 1) / 2;
  const convolution = new Conv2d(context.weights, `${name}/conv`, { inputs, outputs, kernel, stride, padding });
  const norm = batchNorm(context, `${name}/norm`, outputs, options);
  return (x, mode) => norm(convolution.forward(x), mode);
}

/** Batch norm and, optionally, ReLU fused with it. */
export function batchNorm(
  context: LayerContext,
  name: string,
  channels: number,
  options: { readonly relu?: boolean } = {},
): Block {
  const layer = batchNormLayer(context, name, channels);
  return (x, mode) => layer.forward(x, batchNormMode(context, mode), options);
}

/** A batch norm layer with the settings of a context. */
export function batchNormLayer(
  { weights, runningStatistics, affine, trackRunningStatistics }: LayerContext,
  name: string,
  channels: number,
) {
  return new BatchNorm2d(weights, runningStatistics, name, { channels, affine, trackRunningStatistics });
}

/** Mode of batch norm in a mode of the network. */
export function batchNormMode({ trackRunningStatistics }: LayerContext, mode: NetworkMode): BatchNormMode {
  return mode === 'train' || !trackRunningStatistics ? 'batch' : 'running';
}
