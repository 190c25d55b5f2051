import type { AdapterKind } from '../../engine/device/adapter.js';
import { Random } from '../../engine/random/random.js';
import type { Protocol } from '../records/protocol.js';
import type { ProtocolOverrides } from '../records/protocolOverrides.js';
import type { NetworkSettings } from '../spaces/shared/networkSettings.js';
import { networkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';

/** What is trained. */
export type FittedWork =
  /** One architecture, from scratch. */
  | { readonly kind: 'training'; readonly architecture: unknown }
  /** So many candidates of a search, each for short. */
  | { readonly kind: 'fitness'; readonly candidates: number }
  /** A supernet. Its channels are a multiple of `channelsOf`. */
  | { readonly kind: 'search'; readonly channelsOf: number };

/** What settings depend on. */
export interface FittingFacts {
  readonly space: Space;
  readonly work: FittedWork;
  readonly device: AdapterKind;
  readonly images: {
    /** Images of an epoch: of a search usually half of the source's. */
    readonly count: number;
    /** The shorter side as the images come, in pixels. */
    readonly edge: number;
    readonly channels: 1 | 3;
    readonly classes: number;
  };
}

export type NetworkSizes = Pick<Protocol, 'channels' | 'cells' | 'imageSize' | 'imageChannels'>;

/** The least edge of images that a network is trained on where it can be had; a supernet, which only has to rank, may see smaller ones. */
const LEAST_EDGE = 16;

/** What a step takes whatever its batch, its dispatches, in thousands of millions of multiply-adds. */
const STEP = 0.02;

/** Sizes to choose from that go with those given, in ascending order of work; never larger images than there are. */
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

/** Networks halve their images twice. */
function wholeFours(edge: number): number {
  return Math.max(8, edge - (edge % 4));
}

/** The work of one optimiser step, in thousands of millions of multiply-adds forward with their backward passes. */
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

/** Architectures whose mean stands for all of a space. */
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
