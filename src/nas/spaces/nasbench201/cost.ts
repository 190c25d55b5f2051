import {
  checkSettings,
  type Layer,
  multiplyAddsOf,
  parametersOf,
  reluConvBatchNormLayers,
  total,
} from '../shared/layerCost.js';
import type { NetworkSettings } from '../shared/networkSettings.js';
import type { NetworkCost } from '../shared/space.js';
import { type Cell, OPERATIONS } from './cell.js';

function cellLayers(cell: Cell, channels: number, edge: number): Layer[] {
  return cell.flatMap((index): Layer[] => {
    const operation = OPERATIONS[index];
    if (operation === 'nor_conv_1x1') return reluConvBatchNormLayers(1, channels, channels, edge, 1);
    if (operation === 'nor_conv_3x3') return reluConvBatchNormLayers(3, channels, channels, edge, 1);
    if (operation === 'avg_pool_3x3') return [{ kind: 'averagePool', kernel: 3, channels, pixels: edge ** 2 }];
    return [];
  });
}

/** Doubles the channels and halves the edge; the shortcut is an average pool 2x2 and a 1x1 convolution without batch norm. */
function residualBlockLayers(channels: number, edge: number): Layer[] {
  const pixels = (edge / 2) ** 2;
  return [
    ...reluConvBatchNormLayers(3, channels, 2 * channels, edge, 2),
    ...reluConvBatchNormLayers(3, 2 * channels, 2 * channels, edge / 2, 1),
    { kind: 'averagePool', kernel: 2, channels, pixels },
    { kind: 'convolution', taps: 1, inputs: channels, outputs: 2 * channels, pixels },
  ];
}

/** All layers of the network of a cell (2001.00326, section 2.1 and figure 1). */
function networkLayers(cell: Cell, settings: NetworkSettings): Layer[] {
  const layers: Layer[] = [
    {
      kind: 'convolution',
      taps: 9,
      inputs: settings.imageChannels,
      outputs: settings.channels,
      pixels: settings.size ** 2,
    },
    { kind: 'batchNorm', channels: settings.channels, pixels: settings.size ** 2 },
  ];
  let channels = settings.channels;
  let edge = settings.size;
  for (let stage = 0; stage < 3; stage++) {
    if (stage > 0) {
      layers.push(...residualBlockLayers(channels, edge));
      channels *= 2;
      edge /= 2;
    }
    for (let i = 0; i < settings.cells; i++) layers.push(...cellLayers(cell, channels, edge));
  }
  layers.push(
    { kind: 'batchNorm', channels, pixels: edge ** 2 },
    { kind: 'relu', channels, pixels: edge ** 2 },
    { kind: 'globalAveragePool', channels, edge },
    { kind: 'linear', inputs: channels, outputs: settings.classes },
  );
  return layers;
}

/**
 * NAS-Bench-201 counts a multiply-accumulate as one operation, an affine batch norm as two per element, ReLU as one, and
 * a pooling window as one per pixel of the window. It counts global pooling as (edge + 1)^2 per channel, a window
 * one pixel longer in each direction than the map: this reproduces its published figures for 8x8 and for 4x4 maps.
 */
function operationsOf(layer: Layer): number {
  switch (layer.kind) {
    case 'batchNorm':
      return 2 * layer.channels * layer.pixels;
    case 'relu':
      return layer.channels * layer.pixels;
    case 'averagePool':
      return layer.kernel ** 2 * layer.channels * layer.pixels;
    case 'globalAveragePool':
      return (layer.edge + 1) ** 2 * layer.channels;
    default:
      return multiplyAddsOf(layer);
  }
}

/**
 * Cost of the network of `cell`, derived from its layers.
 * @throws {AttributeError} when a setting is not a positive integer, or the size not a multiple of 4
 */
export function countCell(cell: Cell, settings: NetworkSettings): NetworkCost {
  checkSettings('countCell', settings, 4);
  const layers = networkLayers(cell, settings);
  return {
    parameters: total(layers, parametersOf),
    multiplyAdds: total(layers, multiplyAddsOf),
    mflops: total(layers, operationsOf) / 1e6,
  };
}
