import { nearest } from '../../../src/nas/errors/index.js';
import { UsageError } from './errors.js';

/** The JSON Schema of an option. */
export interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** The options of a method by their names. @throws {UnknownNameError} when the method is unknown */
export async function optionSchemas(name: string): Promise<Readonly<Record<string, OptionSchema>>> {
  const { z } = await import('zod');
  const { methodByName } = await import('../../../src/nas/methods/index.js');
  const { properties = {} } = z.toJSONSchema(methodByName(name).options, { io: 'input' });
  return properties as Record<string, OptionSchema>;
}

/**
 * @throws {UnknownNameError} when the method is unknown
 * @throws {UsageError} when an option is unknown, with the nearest name and all options
 */
export async function checkOptionNames(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const known = await optionSchemas(name);
  const wrong = Object.keys(given).find((option) => !Object.hasOwn(known, option));
  if (wrong === undefined) return;
  const shown = Object.entries(known).map(([option, { default: value }]) =>
    value === undefined ? option : `${option}=${value}`,
  );
  const guess = nearest(wrong, Object.keys(known));
  throw new UsageError(
    `--option: ${name} has no option "${wrong}"${guess === undefined ? '' : ` (did you mean ${guess}?)`}, ` +
      `wanted one of (with their defaults): ${shown.join(', ')}`,
  );
}

/** @throws {UsageError} when the method is unknown, with the nearest name and all names */
export async function checkMethodName(name: string): Promise<void> {
  const { METHOD_NAMES } = await import('../../../src/nas/methods/index.js');
  if (METHOD_NAMES.includes(name)) return;
  const guess = nearest(name, METHOD_NAMES);
  throw new UsageError(
    `Method "${name}" is not known${guess === undefined ? '' : ` (did you mean ${guess}?)`}, wanted one of: ${METHOD_NAMES.join(', ')}`,
  );
}
