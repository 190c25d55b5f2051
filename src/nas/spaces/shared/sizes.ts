import type { Protocol } from '../../records/protocol.js';
import type { ProtocolOverrides } from '../../records/protocolOverrides.js';
import type { NetworkSettings } from './networkSettings.js';

/** The published protocols of a space: defaults of studies and commands. */
export interface SpaceProtocols {
  /** Training of the supernet's weights. */
  readonly search: Protocol;
  /** Training of an architecture from scratch. */
  readonly training: Protocol;
  /** Settings in which the short training that ranks candidates differs from `training`. */
  readonly fitness: ProtocolOverrides;
}

/** Sizes at which papers count the parameters and multiply-adds of an architecture's network. */
export type CountedSizes = Pick<NetworkSettings, 'channels' | 'cells' | 'classes' | 'size'>;

/** Sizes of a space's networks: published ones, and those that commands choose from. */
export interface SpaceSizes {
  /** What `cells` counts: the cells of each stage, or all cells of the network. */
  readonly cells: 'per stage' | 'in all';
  readonly counted: CountedSizes;
  /** Sizes of the network for ImageNet; absent: the space has none. */
  readonly imagenet?: CountedSizes;
  /** Channels of a supernet have to be a multiple of this. */
  readonly supernetChannels: number;
  /** Cells of the supernet in the stages of P-DARTS; absent: as many as the protocol has, in every stage. */
  readonly progressiveCells?: readonly [number, number, number];
  readonly fitting: FittingSizes;
  readonly quickstart?: QuickstartSizes;
}

/**
 * Sizes to choose from, and the work of one image's pass in millions of multiply-adds of convolutions. The work is a fit to measured
 * times of steps on two cores.
 */
export interface FittingSizes {
  /** Channels, cells (as the space counts them) and image edge in pixels, in ascending order of work. */
  readonly sizes: readonly (readonly [channels: number, cells: number, edge: number])[];
  /** Of a network: a share of its multiply-adds, plus a term for each of channels x cells x pixels of the first stage. */
  readonly network: { readonly multiplyAdds: number; readonly pixels: number };
  /** Of both updates of a supernet's step, for each of channels x cells x pixels. */
  readonly supernet: number;
}

/** Networks of `quickstart`. */
export interface QuickstartSizes {
  /** In ascending order of work. `pad`: zero padding in pixels before a random crop. */
  readonly networks: readonly (Pick<Protocol, 'channels' | 'cells' | 'imageSize' | 'batch'> & {
    readonly pad: number;
  })[];
  /** The text of an architecture with every operation and about the mean work of the space, whose steps are timed. */
  readonly typical: string;
}
