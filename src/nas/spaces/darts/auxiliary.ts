import { AttributeError } from '../../../engine/errors/errors.js';
import type { Value } from '../../../engine/graph/graph.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { Linear } from '../../../engine/nn/linear.js';
import { relu } from '../../../engine/ops/elementwise/relu.js';
import { averagePool } from '../../../engine/ops/pool/averagePool.js';
import { globalAveragePool } from '../../../engine/ops/pool/globalAveragePool.js';
import { type Block, batchNorm, convBatchNorm, type LayerContext } from '../../networks/layers.js';
import type { Layer } from '../shared/layerCost.js';
import type { NetworkSettings } from '../shared/networkSettings.js';
import type { AuxiliaryPlace } from './skeleton.js';

const SQUEEZED = 128;
const FEATURES = 768;

/**
 * The auxiliary classifier of DARTS' networks: ReLU, average pool 5x5, 1x1 convolution to 128 and 2x2 convolution to 768 channels,
 * each with batch norm and ReLU, linear. For ImageNet there is no batch norm after the second. Maps larger than the published ones
 * have more than one pixel after the 2x2 convolution; these are averaged.
 */
export function auxiliaryHead(
  context: LayerContext,
  place: AuxiliaryPlace,
  { classes, imagenet = false }: NetworkSettings,
): Block {
  pooledEdge(place);
  const squeeze = convBatchNorm(
    context,
    'auxiliary/squeeze',
    { inputs: place.channels, outputs: SQUEEZED, kernel: 1 },
    { relu: true },
  );
  const expand = new Conv2d(context.weights, 'auxiliary/expand/conv', {
    inputs: SQUEEZED,
    outputs: FEATURES,
    kernel: 2,
  });
  const last: Block = imagenet ? relu : batchNorm(context, 'auxiliary/expand/norm', FEATURES, { relu: true });
  const classifier = new Linear(context.weights, 'auxiliary/classifier', { inputs: FEATURES, outputs: classes });
  return (x: Value, mode) => {
    const pooled = averagePool(relu(x), { kernel: 5, stride: place.stride, padding: 0 });
    return classifier.forward(globalAveragePool(last(expand.forward(squeeze(pooled, mode)), mode)));
  };
}

/** The layers of the auxiliary classifier, for its cost. @throws {AttributeError} when the image is too small */
export function auxiliaryLayers(place: AuxiliaryPlace, { classes, imagenet = false }: NetworkSettings): Layer[] {
  const edge = pooledEdge(place);
  const [squeezed, expanded] = [edge ** 2, (edge - 1) ** 2];
  return [
    { kind: 'convolution', taps: 1, inputs: place.channels, outputs: SQUEEZED, pixels: squeezed },
    { kind: 'batchNorm', channels: SQUEEZED, pixels: squeezed },
    { kind: 'convolution', taps: 4, inputs: SQUEEZED, outputs: FEATURES, pixels: expanded },
    { kind: 'batchNorm', channels: FEATURES, pixels: expanded, affine: !imagenet },
    { kind: 'linear', inputs: FEATURES, outputs: classes },
  ];
}

function pooledEdge({ edge, stride }: AuxiliaryPlace): number {
  if (edge < 5 + stride)
    throw new AttributeError(
      `auxiliary classifier: its input has an edge of ${edge} pixels, wanted at least ${5 + stride} ` +
        '(train larger images, or without it: auxiliaryWeight 0)',
    );
  return Math.floor((edge - 5) / stride) + 1;
}
