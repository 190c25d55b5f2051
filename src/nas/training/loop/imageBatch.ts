import type { Graph, Value } from '../../../engine/graph/graph.js';
import { gatherImages } from '../../../engine/ops/data/gatherImages.js';
import { gatherLabels } from '../../../engine/ops/data/gatherLabels.js';
import type { ChannelStatistics } from '../../data/images/statistics.js';
import type { ImageShape } from '../../data/images/transform.js';
import type { AugmentationSettings } from '../../records/protocol.js';
import type { DeviceImages } from './deviceImages.js';

export interface ImageBatchSettings {
  /** Name of the feed of indices. */
  readonly feed: string;
  readonly batch: number;
  readonly shape: ImageShape;
  readonly statistics: ChannelStatistics;
  /** Augmentation, which needs the feed `step`; absent: none. */
  readonly augmentation?: AugmentationSettings & { readonly seed: number; readonly purpose: string };
}

/**
 * A batch of normalised images and its labels, gathered by the indices of a feed.
 * @returns x [batch, height, width, channels], labels [batch] (u32)
 */
export function imageBatch(
  graph: Graph,
  images: DeviceImages,
  settings: ImageBatchSettings,
): { x: Value; labels: Value } {
  const { shape, statistics, augmentation } = settings;
  const indices = graph.feed(settings.feed, [settings.batch], 'u32');
  const x = gatherImages(
    graph.read(images.pixels),
    indices,
    graph.constant(statistics.mean, [shape.channels]),
    // A channel of one value has deviation 0.
    graph.constant(
      statistics.std.map((deviation) => deviation || 1),
      [shape.channels],
    ),
    { height: shape.height, width: shape.width, channels: shape.channels, ...augmentation },
    augmentation ? graph.feed('step', [], 'u32') : undefined,
  );
  return { x, labels: gatherLabels(graph.read(images.labels), indices) };
}
