import type { Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { BatchNorm2d, type BatchNormMode } from '../../engine/nn/batchNorm2d.js';
import { Conv2d } from '../../engine/nn/conv2d.js';
import { relu } from '../../engine/ops/elementwise/relu.js';
import type { NetworkMode } from './classifier.js';

/** Where layers put their variables, and how batch norm is done inside cells. */
export interface LayerContext {
  readonly weights: VariableSet;
  readonly runningStatistics: VariableSet;
  readonly affine: boolean;
  /** False: batches are always normalised by their own statistics. */
  readonly trackRunningStatistics: boolean;
}

/** Computes a value from a value; `mode` decides what batch norm does. */
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

/** Convolution without bias, batch norm and, if wanted, ReLU in the same pass as that. */
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

/** Batch norm and, if wanted, ReLU in the same pass. */
export function batchNorm(
  context: LayerContext,
  name: string,
  channels: number,
  options: { readonly relu?: boolean } = {},
): Block {
  const layer = batchNormLayer(context, name, channels);
  return (x, mode) => layer.forward(x, batchNormMode(context, mode), options);
}

/** The layer of a context's batch norm. */
export function batchNormLayer(
  { weights, runningStatistics, affine, trackRunningStatistics }: LayerContext,
  name: string,
  channels: number,
) {
  return new BatchNorm2d(weights, runningStatistics, name, { channels, affine, trackRunningStatistics });
}

/** What batch norm does in a mode of the network. */
export function batchNormMode({ trackRunningStatistics }: LayerContext, mode: NetworkMode): BatchNormMode {
  return mode === 'train' || !trackRunningStatistics ? 'batch' : 'running';
}
