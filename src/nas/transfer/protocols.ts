import { z } from 'zod';
import { UnknownNameError } from '../errors/errors.js';
import type { Protocol } from '../records/protocol.js';
import type { NetworkSettings } from '../spaces/shared/space.js';

/** How NAS-Bench-201 trains every cell on CIFAR-10 (2001.00326, table 1). */
export const TRAINING_PROTOCOL: Protocol = {
  channels: 16,
  cells: 5,
  imageSize: 32,
  imageChannels: 3,
  epochs: 200,
  batch: 256,
  optimizer: { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4, clipNorm: 0 },
  schedule: { kind: 'cosine', final: 0 },
  augmentation: { pad: 4, flip: true, cutout: 0 },
  labelSmoothing: 0,
  dropPath: 0,
  auxiliaryWeight: 0,
};

/** The short training that ranks candidates: NAS-Bench-201's reduced schedule, a cosine of its own over 12 epochs. */
export const FITNESS_PROTOCOL: Protocol = { ...TRAINING_PROTOCOL, epochs: 12 };

/** The supernet's weights in NAS-Bench-201's weight-sharing baselines (2001.00326, section 5, DARTS). */
export const SEARCH_PROTOCOL: Protocol = {
  ...TRAINING_PROTOCOL,
  epochs: 50,
  batch: 64,
  optimizer: { learningRate: 0.025, momentum: 0.9, nesterov: true, weightDecay: 5e-4, clipNorm: 5 },
  schedule: { kind: 'cosine', final: 0.001 },
};

/** How DARTS trains a genotype on CIFAR-10 (Liu et al. 2019, section 3.2). */
const DARTS_TRAINING: Protocol = {
  channels: 36,
  cells: 20,
  imageSize: 32,
  imageChannels: 3,
  epochs: 600,
  batch: 96,
  optimizer: { learningRate: 0.025, momentum: 0.9, nesterov: false, weightDecay: 3e-4, clipNorm: 5 },
  schedule: { kind: 'cosine', final: 0 },
  augmentation: { pad: 4, flip: true, cutout: 16 },
  labelSmoothing: 0,
  dropPath: 0.2,
  auxiliaryWeight: 0.4,
};

/** What a small network of a search does without. */
const UNREGULARIZED = {
  augmentation: { ...DARTS_TRAINING.augmentation, cutout: 0 },
  dropPath: 0,
  auxiliaryWeight: 0,
};

/** The published protocols of a space. */
export interface SpaceProtocols {
  /** How the supernet's weights are trained. */
  readonly search: Protocol;
  /** How an architecture is trained from scratch. */
  readonly training: Protocol;
  /** What the short training that ranks candidates does otherwise than `training`. */
  readonly fitness: ProtocolOverrides;
}

const protocols: Readonly<Record<string, SpaceProtocols>> = {
  nasbench201: {
    search: SEARCH_PROTOCOL,
    training: TRAINING_PROTOCOL,
    fitness: { epochs: FITNESS_PROTOCOL.epochs },
  },
  darts: {
    // Liu et al. 2019, appendix A.1.
    search: {
      ...DARTS_TRAINING,
      ...UNREGULARIZED,
      channels: 16,
      cells: 8,
      epochs: 50,
      batch: 64,
      schedule: { kind: 'cosine', final: 0.001 },
    },
    training: DARTS_TRAINING,
    // NSGANet (Lu et al. 2019), the search in the micro space.
    fitness: { ...UNREGULARIZED, channels: 16, cells: 8, epochs: 20, batch: 128 },
  },
};

/** @throws UnknownNameError */
export function protocolsOf(space: string): SpaceProtocols {
  const found = Object.hasOwn(protocols, space) ? protocols[space] : undefined;
  if (!found) throw new UnknownNameError('Space', space, Object.keys(protocols));
  return found;
}

/** What a protocol decides of a network. */
export function networkSettings(protocol: Protocol, classes: number): NetworkSettings {
  const { channels, cells, imageSize: size, imageChannels, auxiliaryWeight } = protocol;
  return { channels, cells, classes, size, imageChannels, auxiliary: auxiliaryWeight > 0 };
}

const count = z.int().min(1);
const share = z.number().min(0).lt(1);
const positive = z.number().gt(0);
const notNegative = z.number().min(0);

/** Fields of a protocol that differ from its defaults. */
export const protocolOverrides = z
  .strictObject({
    channels: count.describe('channels of the first stage (C)'),
    cells: count.describe('cells per stage (N); in the space darts: all cells'),
    imageSize: count.multipleOf(4).describe('image edge in pixels; a multiple of 4, for networks halve it twice'),
    imageChannels: z.union([z.literal(1), z.literal(3)]).describe('1: grey, 3: colour'),
    epochs: count,
    batch: count,
    optimizer: z
      .strictObject({
        learningRate: positive,
        momentum: share,
        nesterov: z.boolean(),
        weightDecay: notNegative,
        clipNorm: notNegative.describe('largest 2-norm of the whole gradient; 0: not clipped'),
      })
      .partial(),
    schedule: z.strictObject({ kind: z.enum(['cosine', 'linear', 'constant']), final: notNegative }).partial(),
    augmentation: z
      .strictObject({
        pad: z.int().min(0).describe('zero padding before a random crop; 0: no crop'),
        flip: z.boolean(),
        cutout: z.int().min(0).describe('edge of the square cut out; 0: none'),
      })
      .partial(),
    labelSmoothing: share,
    dropPath: share.describe('probability that drop path rises to, from 0; 0: none. In the space darts alone'),
    auxiliaryWeight: notNegative.describe(
      'weight of an auxiliary classifier’s loss; 0: none. In the space darts alone',
    ),
  })
  .partial();
export type ProtocolOverrides = z.infer<typeof protocolOverrides>;

export function withOverrides(defaults: Protocol, overrides: ProtocolOverrides = {}): Protocol {
  return {
    ...defaults,
    ...overrides,
    optimizer: { ...defaults.optimizer, ...overrides.optimizer },
    schedule: { ...defaults.schedule, ...overrides.schedule },
    augmentation: { ...defaults.augmentation, ...overrides.augmentation },
  };
}

/** Both, where they differ the second. */
export function joinOverrides(first: ProtocolOverrides, second: ProtocolOverrides): ProtocolOverrides {
  const joined = { ...first, ...second };
  for (const part of ['optimizer', 'schedule', 'augmentation'] as const)
    if (first[part] && second[part]) Object.assign(joined, { [part]: { ...first[part], ...second[part] } });
  return joined;
}
