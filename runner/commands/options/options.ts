import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SPACE, SPACE_NAMES } from '../../names/registryNames.js';
import { UsageError } from './errors.js';

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Wanted a whole number of at least 1.');
  return value;
}

export function notNegative(text: string): number {
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
  tune: () => new Option('--no-tune', 'use the default kernels, not those chosen by tune'),
  dataDir: () => new Option('--data-dir <folder>', 'folder with packed image sets').env('NASTRANSFER_DATA'),
  tablesDir: () => new Option('--tables-dir <folder>', 'folder with tables of architectures').env('NASTRANSFER_TABLES'),
  seed: () => new Option('--seed <number>', 'seed of all random numbers').argParser(seed),
  plugin: () =>
    new Option(
      '--plugin <module>',
      'ES module that registers own methods, spaces or source rules; may be given several times',
    ).argParser(several),
  space: () => new Option('--space <name>', `search space: ${SPACE_NAMES.join(', ')}`).default(DEFAULT_SPACE),
};

export interface SharedOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly adapter?: string;
  readonly tune?: boolean;
  readonly dataDir?: string;
  readonly tablesDir?: string;
  readonly seed?: number;
  readonly plugin?: readonly string[];
  readonly space: string;
}

/** Adds options that several commands have; all have --json and --verbose. */
export function addShared(command: Command, ...names: readonly (keyof typeof shared)[]): Command {
  for (const name of [...names, 'json', 'verbose'] as const) command.addOption(shared[name]());
  return command;
}

/** @throws {UsageError} when the file cannot be read or is not JSON */
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
    throw new UsageError(`${path}: is not JSON: ${(error as Error).message}`);
  }
}

/** Values of an option that may be given several times. */
export function several(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}

/** @returns at least one architecture as text @throws {UsageError} when the file has other content */
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
