import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import type { ProtocolOverrides } from '../../src/nas/transfer/protocols.js';
import { UsageError } from './errors.js';
import { SPACE_NAMES } from './names.js';

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Wanted a whole number of at least 1.');
  return value;
}

function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('Wanted a number of at least 0.');
  return value;
}

function seed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0xffffffff)
    throw new InvalidArgumentError('Wanted a whole number from 0 to 4294967295.');
  return value;
}

const shared = {
  json: () => new Option('--json', 'print JSON'),
  verbose: () => new Option('--verbose', 'show the stack trace of an error'),
  adapter: () =>
    new Option('--adapter <name>', 'hardware, lavapipe, swiftshader, or part of an adapter’s name').env(
      'NASTRANSFER_ADAPTER',
    ),
  tune: () => new Option('--no-tune', 'take the usual kernels, whatever tune measured'),
  dataDir: () => new Option('--data-dir <folder>', 'folder with packed image sets').env('NASTRANSFER_DATA'),
  tablesDir: () => new Option('--tables-dir <folder>', 'folder with tables of architectures').env('NASTRANSFER_TABLES'),
  seed: () => new Option('--seed <number>', 'what all random numbers start from').argParser(seed),
  space: () => new Option('--space <name>', `search space: ${SPACE_NAMES.join(', ')}`).default('nasbench201'),
};

export interface SharedOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly adapter?: string;
  readonly tune?: boolean;
  readonly dataDir?: string;
  readonly tablesDir?: string;
  readonly seed?: number;
  readonly space: string;
}

/** Adds options that several commands have; all have --json and --verbose. */
export function addShared(command: Command, ...names: readonly (keyof typeof shared)[]): Command {
  for (const name of [...names, 'json', 'verbose'] as const) command.addOption(shared[name]());
  return command;
}

export interface ProtocolFlags {
  readonly epochs?: number;
  readonly batch?: number;
  readonly channels?: number;
  readonly cells?: number;
  readonly size?: number;
  readonly imageChannels?: number;
  readonly protocol?: string;
  readonly dropPath?: number;
  readonly auxiliaryWeight?: number;
}

/** Options that change single settings of a training protocol. */
export function addProtocolFlags(command: Command): Command {
  return addSizeFlags(command.option('--epochs <number>', 'epochs of training', positiveInteger)).option(
    '--protocol <file>',
    'JSON with further settings, as in a study',
  );
}

/** What training from scratch adds in the space darts. */
export function addRegularizationFlags(command: Command): Command {
  return command
    .option('--drop-path <probability>', 'what drop path rises to, from 0 (space darts)', notNegative)
    .option('--auxiliary-weight <factor>', 'weight of an auxiliary classifier’s loss (space darts)', notNegative);
}

/** Those of them that decide what one step computes. */
export function addSizeFlags(command: Command): Command {
  return command
    .option('--batch <number>', 'images a batch', positiveInteger)
    .option('--channels <number>', 'channels of the first stage', positiveInteger)
    .option('--cells <number>', 'cells per stage; in the space darts all cells', positiveInteger)
    .option('--size <pixels>', 'edge that images are resized to', positiveInteger)
    .option('--image-channels <number>', '1: grey, 3: colour', positiveInteger);
}

/** What the flags change; the single flags win over the file. @throws UsageError naming the field */
export async function readProtocolFlags(flags: ProtocolFlags): Promise<ProtocolOverrides> {
  const { protocolOverrides } = await import('../../src/nas/transfer/protocols.js');
  const { epochs, batch, channels, cells, size: imageSize, imageChannels, protocol } = flags;
  const { dropPath, auxiliaryWeight } = flags;
  const fromFile = protocol === undefined ? {} : await parseWith(protocolOverrides, await readJson(protocol), protocol);
  const given = Object.entries({ epochs, batch, channels, cells, imageSize, imageChannels, dropPath, auxiliaryWeight });
  const fromFlags = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return { ...fromFile, ...(await parseWith(protocolOverrides, fromFlags, 'options')) };
}

async function parseWith<T>(schema: z.ZodType<T>, value: unknown, where: string): Promise<T> {
  const { describeSchemaErrors } = await import('../../src/nas/transfer/schemaErrors.js');
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new UsageError(`${where}: ${describeSchemaErrors(parsed.error, value, schema).join('; ')}`);
  return parsed.data;
}

/** @throws UsageError if the file is not there or no JSON */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: can't be read (${(error as Error).message}), wanted a file of JSON`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: is no JSON: ${(error as Error).message}`);
  }
}

/** Values of an option that may be given several times. */
export function several(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}

/** @returns at least one architecture as text @throws UsageError if the file holds anything else */
export async function readTexts(path: string): Promise<string[]> {
  const list = await readJson(path);
  if (!Array.isArray(list) || list.length === 0 || list.some((text) => typeof text !== 'string'))
    throw new UsageError(`${path}: wanted a JSON list of at least one architecture as text`);
  return list;
}

/** `name=value` pairs of a repeated option as an object; values that read as JSON are taken as such. */
export function collectAssignment(text: string, previous: Record<string, unknown> = {}): Record<string, unknown> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Wanted name=value.');
  const value = text.slice(equals + 1);
  let parsed: unknown = value;
  try {
    parsed = JSON.parse(value);
  } catch {
    // A plain word.
  }
  return { ...previous, [text.slice(0, equals)]: parsed };
}
