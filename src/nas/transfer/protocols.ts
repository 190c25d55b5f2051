import { z } from 'zod';
import type { Protocol } from '../training/protocol.js';

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

const count = z.int().min(1);
const share = z.number().min(0).lt(1);
const positive = z.number().gt(0);
const notNegative = z.number().min(0);

/** Fields of a protocol that differ from its defaults. */
export const protocolOverrides = z
  .strictObject({
    channels: count.describe('channels of the first stage (C)'),
    cells: count.describe('cells per stage (N)'),
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
