import type { AdapterKind } from '../../engine/device/adapter.js';
import { Random } from '../../engine/random/random.js';
import type { Protocol } from '../records/protocol.js';
import type { ProtocolOverrides } from '../records/protocolOverrides.js';
import type { NetworkSettings } from '../spaces/shared/networkSettings.js';
import { networkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';

/** The work that settings are chosen for. */
export type FittedWork =
  /** One architecture, from scratch. */
  | { readonly kind: 'training'; readonly architecture: unknown }
  /** A number of candidates of a search, each trained for short. */
  | { readonly kind: 'fitness'; readonly candidates: number }
  /** A supernet. Its channels are a multiple of `channelsOf`. */
  | { readonly kind: 'search'; readonly channelsOf: number };

/** The facts that settings depend on. */
export interface FittingFacts {
  readonly space: Space;
  readonly work: FittedWork;
  readonly device: AdapterKind;
  readonly images: {
    /** Number of images in an epoch; of a search usually half of the source's. */
    readonly count: number;
    /** The shorter side of the original images, in pixels. */
    readonly edge: number;
    readonly channels: 1 | 3;
    readonly classes: number;
  };
}

export type NetworkSizes = Pick<Protocol, 'channels' | 'cells' | 'imageSize' | 'imageChannels'>;

/** Least image edge for training a network, if the images are that large; a supernet, which only has to rank, may use smaller ones. */
const LEAST_EDGE = 16;

/** Constant work of a step (its dispatches), in 1e9 multiply-adds. */
const STEP = 0.02;

/** The sizes to choose from, with those given, in ascending order of work; images are never enlarged. */
export function networkSizes(facts: FittingFacts, given: ProtocolOverrides): NetworkSizes[] {
  const { space, work, images } = facts;
  const multiple = work.kind === 'search' ? work.channelsOf : 1;
  return space.sizes.fitting.sizes
    .filter(([, , edge]) => work.kind === 'search' || edge >= LEAST_EDGE)
    .map(([channels, cells, edge]) => ({
      channels: given.channels ?? Math.ceil(channels / multiple) * multiple,
      cells: given.cells ?? cells,
      imageSize: given.imageSize ?? wholeFours(Math.min(edge, images.edge)),
      imageChannels: given.imageChannels ?? images.channels,
    }));
}

/** Rounds down to a multiple of 4, because networks halve their images twice. */
function wholeFours(edge: number): number {
  return Math.max(8, edge - (edge % 4));
}

/** The work of one optimiser step, in 1e9 multiply-adds of forward passes including their backward passes. */
export function stepWork(facts: FittingFacts, protocol: Protocol): number {
  const { space, work, images } = facts;
  const { channels, cells, imageSize, batch } = protocol;
  const { network, supernet } = space.sizes.fitting;
  const volume = channels * cells * imageSize ** 2;
  const image =
    work.kind === 'search'
      ? supernet * volume
      : (network.multiplyAdds * meanMultiplyAdds(facts, networkSettings(protocol, images.classes))) / 1e6 +
        network.pixels * volume;
  return STEP + (Math.min(batch, images.count) * image) / 1000;
}

/** Number of random architectures whose mean represents a space. */
const SAMPLE = 16;

function meanMultiplyAdds({ space, work }: FittingFacts, settings: NetworkSettings): number {
  const random = new Random(0, 'architectures of mean cost');
  const architectures =
    work.kind === 'training' ? [work.architecture] : Array.from({ length: SAMPLE }, () => space.random(random));
  return (
    architectures.reduce<number>((sum, each) => sum + space.count(each, settings).multiplyAdds, 0) /
    architectures.length
  );
}
