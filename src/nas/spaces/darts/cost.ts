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
import { auxiliaryLayers } from './auxiliary.js';
import type { Genotype, GenotypeCell, GenotypeOperation } from './genotype.js';
import { type CellPlace, STEM_MULTIPLIER, skeleton } from './skeleton.js';

export interface GenotypeCostOptions {
  /** Scale and shift of batch norm in the operations of cells. Default true; NAS-Bench-301 counts without them. */
  readonly affine?: boolean;
  /** Count the auxiliary classifier. Default false: it is not part of inference, and papers do not count it. */
  readonly auxiliary?: boolean;
}

/**
 * Cost of the network of a genotype, derived from its layers. `mflops` are multiply-adds / 1e6 of convolutions and classifier, the
 * count of the papers that follow DARTS.
 * @throws {AttributeError} when the sizes make no network
 */
export function countGenotype(
  genotype: Genotype,
  settings: NetworkSettings,
  { affine = true, auxiliary = false }: GenotypeCostOptions = {},
): NetworkCost {
  checkSettings('countGenotype', settings, settings.imagenet ? 32 : 4);
  const { cells, channels, auxiliary: place } = skeleton(genotype, settings);
  const layers: Layer[] = [
    ...(settings.imagenet ? imagenetStemLayers(settings) : cifarStemLayers(settings)),
    ...cells.flatMap((cell) => cellLayers(cell.reduction ? genotype.reduction : genotype.normal, cell, affine)),
    { kind: 'linear', inputs: channels, outputs: settings.classes },
    ...(auxiliary ? auxiliaryLayers(place, settings) : []),
  ];
  const multiplyAdds = total(layers, multiplyAddsOf);
  return { parameters: total(layers, parametersOf), multiplyAdds, mflops: multiplyAdds / 1e6 };
}

function cifarStemLayers({ imageChannels, channels, size }: NetworkSettings): Layer[] {
  return reluConvBatchNormLayers(3, imageChannels, STEM_MULTIPLIER * channels, size, 1);
}

function imagenetStemLayers({ imageChannels, channels, size }: NetworkSettings): Layer[] {
  const half = channels >> 1;
  return [
    ...reluConvBatchNormLayers(3, imageChannels, half, size, 2),
    ...reluConvBatchNormLayers(3, half, channels, size / 2, 2),
    ...reluConvBatchNormLayers(3, channels, channels, size / 4, 2),
  ];
}

function cellLayers({ edges }: GenotypeCell, place: CellPlace, affine: boolean): Layer[] {
  const { inputs, channels, reduction, afterReduction, edge } = place;
  return [
    ...(afterReduction
      ? factorizedReduceLayers(inputs[0], channels, edge, true)
      : reluConvBatchNormLayers(1, inputs[0], channels, edge, 1)),
    ...reluConvBatchNormLayers(1, inputs[1], channels, edge, 1),
    ...edges.flatMap(({ operation, from }) => {
      const output = reduction ? edge / 2 : edge;
      return operationLayers(operation, channels, reduction && from < 2, output, affine);
    }),
  ];
}

/** @param edge of the output */
function operationLayers(
  operation: GenotypeOperation,
  channels: number,
  halves: boolean,
  edge: number,
  affine: boolean,
): Layer[] {
  const separable = (kernel: number): Layer[] => depthwiseLayers(kernel, channels, edge, affine);
  switch (operation) {
    case 'none':
    case 'max_pool_3x3':
    case 'avg_pool_3x3':
      return [];
    case 'skip_connect':
      return halves ? factorizedReduceLayers(channels, channels, edge, affine) : [];
    case 'sep_conv_3x3':
      return [...separable(3), ...separable(3)];
    case 'sep_conv_5x5':
      return [...separable(5), ...separable(5)];
    case 'sep_conv_7x7':
      return [...separable(7), ...separable(7)];
    case 'dil_conv_3x3':
      return separable(3);
    case 'dil_conv_5x5':
      return separable(5);
    case 'conv_7x1_1x7': {
      const pixels = edge ** 2;
      const seven: Layer = { kind: 'convolution', taps: 7, inputs: channels, outputs: channels, pixels };
      // The first convolution has its stride along rows only.
      return [
        { ...seven, pixels: halves ? 2 * pixels : pixels },
        seven,
        { kind: 'batchNorm', channels, pixels, affine },
      ];
    }
  }
}

/** Depthwise and pointwise convolution and batch norm. */
function depthwiseLayers(kernel: number, channels: number, edge: number, affine: boolean): Layer[] {
  const pixels = edge ** 2;
  const sizes = { inputs: channels, outputs: channels, pixels };
  return [
    { kind: 'convolution', taps: kernel ** 2, groups: channels, ...sizes },
    { kind: 'convolution', taps: 1, ...sizes },
    { kind: 'batchNorm', channels, pixels, affine },
  ];
}

/** @param edge of the output */
function factorizedReduceLayers(inputs: number, outputs: number, edge: number, affine: boolean): Layer[] {
  const pixels = edge ** 2;
  // Two convolutions, of half the channels each.
  return [
    { kind: 'convolution', taps: 1, inputs, outputs, pixels },
    { kind: 'batchNorm', channels: outputs, pixels, affine },
  ];
}
