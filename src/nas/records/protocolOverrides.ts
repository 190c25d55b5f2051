import { z } from 'zod';
import type { Protocol } from './protocol.js';

const count = z.int().min(1);
const share = z.number().min(0).lt(1);
const positive = z.number().gt(0);
const notNegative = z.number().min(0);

/** Schema of the settings of a protocol that replace its defaults. */
export const protocolOverrides = z
  .strictObject({
    channels: count.describe('channels of the first stage (C)'),
    cells: count.describe('cells: per stage (N), or all of the network, as the space counts them'),
    imageSize: count.multipleOf(4).describe('image edge in pixels; a multiple of 4, because networks halve it twice'),
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
    dropPath: share.describe(
      'final probability of drop path, which rises linearly from 0; 0: none. Only in spaces whose networks have it',
    ),
    auxiliaryWeight: notNegative.describe(
      'weight of the auxiliary classifier’s loss; 0: none. Only in spaces whose networks have one',
    ),
  })
  .partial();

/** Settings of a protocol that replace its defaults. */
export type ProtocolOverrides = z.infer<typeof protocolOverrides>;

/** The protocol with some settings replaced. */
export function withOverrides(defaults: Protocol, overrides: ProtocolOverrides = {}): Protocol {
  return {
    ...defaults,
    ...overrides,
    optimizer: { ...defaults.optimizer, ...overrides.optimizer },
    schedule: { ...defaults.schedule, ...overrides.schedule },
    augmentation: { ...defaults.augmentation, ...overrides.augmentation },
  };
}

/** Both sets of overrides; where both have a setting, the second counts. */
export function joinOverrides(first: ProtocolOverrides, second: ProtocolOverrides): ProtocolOverrides {
  const joined = { ...first, ...second };
  for (const part of ['optimizer', 'schedule', 'augmentation'] as const)
    if (first[part] && second[part]) Object.assign(joined, { [part]: { ...first[part], ...second[part] } });
  return joined;
}
