import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { ProtocolOverrides } from '../../../src/nas/records/index.js';
import { SPACES } from '../../names/registryNames.js';
import { UsageError } from './errors.js';
import { notNegative, positiveInteger, readJson, several } from './options.js';

/** Sizes of a step. */
export interface SizeFlags {
  readonly batch?: number;
  readonly channels?: number;
  readonly cells?: number;
  readonly size?: number;
  readonly imageChannels?: number;
}

export interface ProtocolFlags extends SizeFlags {
  readonly epochs?: number;
  readonly protocol?: readonly string[];
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly momentum?: number;
  readonly flip?: boolean;
  readonly pad?: number;
  readonly cutout?: number;
  readonly labelSmoothing?: number;
  readonly dropPath?: number;
  readonly auxiliaryWeight?: number;
}

/** Settings from flags and files. */
export interface GivenProtocol {
  /** True: other settings are as published, not chosen to fit the images. */
  readonly published: boolean;
  readonly overrides: ProtocolOverrides;
}

/** The word for the published settings of the space, instead of a file. */
const PUBLISHED = 'published';

/** Help on settings that are not given, for commands that fit them to the images. */
export const CHOSEN = 'Other settings are chosen to fit the images and the kind of device';

/** Options that change single settings of a training protocol. @param left help on settings that are not given */
export function addProtocolFlags(command: Command, left: string): Command {
  return addSizeFlags(command.option('--epochs <number>', 'epochs of training', positiveInteger))
    .option('--learning-rate <number>', 'learning rate of the weights at the start', positive)
    .option('--weight-decay <factor>', 'weight decay of the weights', notNegative)
    .option('--momentum <factor>', 'momentum of the weights’ optimiser', notNegative)
    .option('--pad <pixels>', 'zero padding before a random crop; 0: no crop', wholeNumber)
    .option('--flip', 'flip images left to right at random')
    .option('--no-flip', 'never flip them')
    .option('--cutout <pixels>', 'edge of a square cut out of every image; 0: none', wholeNumber)
    .option('--label-smoothing <share>', 'part of the labels’ mass spread over all classes', notNegative)
    .option(
      '--protocol <what>',
      `${PUBLISHED}, or a file: JSON with further settings, as in a study; may be given several times, the single options win. ${left}`,
      several,
    );
}

/** Spaces whose networks have drop path and an auxiliary classifier. */
const REGULARIZED = SPACES.filter(({ regularized }) => regularized)
  .map(({ name }) => name)
  .join(', ');

/** Settings of training from scratch in spaces whose networks can be regularized. */
export function addRegularizationFlags(command: Command): Command {
  return command
    .option(
      '--drop-path <probability>',
      `final probability of drop path, which rises from 0 (spaces: ${REGULARIZED})`,
      notNegative,
    )
    .option(
      '--auxiliary-weight <factor>',
      `weight of an auxiliary classifier’s loss (spaces: ${REGULARIZED})`,
      notNegative,
    );
}

/** Options for the sizes of a step. */
export function addSizeFlags(command: Command): Command {
  return command
    .option('--batch <number>', 'images in a batch', positiveInteger)
    .option('--channels <number>', 'channels of the first stage', positiveInteger)
    .option('--cells <number>', 'cells: per stage, or in all, as the space counts them', positiveInteger)
    .option('--size <pixels>', 'edge that images are resized to', positiveInteger)
    .option('--image-channels <number>', '1: grey, 3: colour', positiveInteger);
}

function positive(text: string): number {
  const value = notNegative(text);
  if (value === 0) throw new InvalidArgumentError('Wanted a number above 0.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Wanted a whole number of at least 0.');
  return value;
}

/** Sizes from flags. @throws {UsageError} naming the wrong field */
export function readSizeFlags(flags: SizeFlags): Promise<ProtocolOverrides> {
  return readFlags(flags);
}

/** Settings from flags and files; later files override earlier ones, flags override files. @throws {UsageError} naming file and field */
export async function readProtocolFlags(flags: ProtocolFlags): Promise<GivenProtocol> {
  const { protocolOverrides, joinOverrides } = await import('../../../src/nas/records/index.js');
  const given = flags.protocol ?? [];
  const parts: ProtocolOverrides[] = [];
  for (const file of given)
    if (file !== PUBLISHED) parts.push(await parseWith(protocolOverrides, await readJson(file), file));
  return {
    published: given.includes(PUBLISHED),
    overrides: [...parts, await readFlags(flags)].reduce(joinOverrides, {}),
  };
}

async function readFlags(flags: ProtocolFlags): Promise<ProtocolOverrides> {
  const { protocolOverrides } = await import('../../../src/nas/records/index.js');
  const { epochs, batch, channels, cells, size: imageSize, imageChannels } = flags;
  const { learningRate, weightDecay, momentum, pad, flip, cutout } = flags;
  const { labelSmoothing, dropPath, auxiliaryWeight } = flags;
  const fields = withoutGaps({
    ...{ epochs, batch, channels, cells, imageSize, imageChannels, labelSmoothing, dropPath, auxiliaryWeight },
    optimizer: withoutGaps({ learningRate, weightDecay, momentum }),
    augmentation: withoutGaps({ pad, flip, cutout }),
  });
  return parseWith(protocolOverrides, fields ?? {}, 'options');
}

/** The defined fields; undefined when there are none. */
function withoutGaps(fields: object): object | undefined {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

async function parseWith<T>(schema: z.ZodType<T>, value: unknown, where: string): Promise<T> {
  const { describeSchemaErrors } = await import('../../../src/nas/schemas/index.js');
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new UsageError(`${where}: ${describeSchemaErrors(parsed.error, value, schema).join('; ')}`);
  return parsed.data;
}
