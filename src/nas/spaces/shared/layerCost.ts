import { AttributeError } from '../../../engine/errors/errors.js';
import type { NetworkSettings } from './networkSettings.js';

/**
 * A layer as its cost depends on it. `inputs`, `outputs` and `channels` are numbers of channels, `taps` the elements of a kernel,
 * `pixels` the height x width of the output.
 */
export type Layer =
  | { kind: 'convolution'; taps: number; inputs: number; outputs: number; groups?: number; pixels: number }
  | { kind: 'batchNorm'; channels: number; pixels: number; affine?: boolean }
  | { kind: 'relu'; channels: number; pixels: number }
  | { kind: 'averagePool'; kernel: number; channels: number; pixels: number }
  | { kind: 'globalAveragePool'; channels: number; edge: number }
  | { kind: 'linear'; inputs: number; outputs: number };

/** ReLU on the input, convolution without bias, affine batch norm; `stride` divides the edge of the output. */
export function reluConvBatchNormLayers(
  kernel: number,
  inputs: number,
  outputs: number,
  edge: number,
  stride: number,
): Layer[] {
  const pixels = (edge / stride) ** 2;
  return [
    { kind: 'relu', channels: inputs, pixels: edge ** 2 },
    { kind: 'convolution', taps: kernel ** 2, inputs, outputs, pixels },
    { kind: 'batchNorm', channels: outputs, pixels },
  ];
}

export function parametersOf(layer: Layer): number {
  if (layer.kind === 'convolution') return (layer.taps * layer.inputs * layer.outputs) / (layer.groups ?? 1);
  if (layer.kind === 'batchNorm') return layer.affine === false ? 0 : 2 * layer.channels;
  if (layer.kind === 'linear') return (layer.inputs + 1) * layer.outputs;
  return 0;
}

/** Multiply-accumulates of convolutions and linear layers. */
export function multiplyAddsOf(layer: Layer): number {
  if (layer.kind === 'convolution') return parametersOf(layer) * layer.pixels;
  if (layer.kind === 'linear') return layer.inputs * layer.outputs;
  return 0;
}

export function total(layers: readonly Layer[], count: (layer: Layer) => number): number {
  return layers.reduce((sum, layer) => sum + count(layer), 0);
}

/** @throws {AttributeError} when a setting is not a positive integer, or the size not a multiple of `multiple` */
export function checkSettings(operation: string, settings: NetworkSettings, multiple: number): void {
  for (const name of ['channels', 'cells', 'classes', 'size', 'imageChannels'] as const) {
    const value = settings[name];
    if (!Number.isSafeInteger(value) || value < 1)
      throw new AttributeError(`${operation}: ${name} is ${value}, wanted a positive integer`);
  }
  if (settings.size % multiple !== 0)
    throw new AttributeError(
      `${operation}: size is ${settings.size}, wanted a multiple of ${multiple} ` +
        `(the network halves the image ${TIMES[multiple] ?? 'several times'})`,
    );
}

const TIMES: Readonly<Record<number, string>> = { 4: 'twice', 32: 'five times' };
