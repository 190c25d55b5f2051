import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Options of all commands that measure times. */
export interface CommonOptions {
  /** Substrings of workload names; empty for all. */
  readonly only: readonly string[];
  /** Minimum number of timed runs of a workload. */
  readonly repeats: number;
  /** File that the results are written to. */
  readonly json?: string;
  /** Markdown file in which the command's section is replaced by the results. */
  readonly markdown?: string;
  /** Same values as NASTRANSFER_ADAPTER. */
  readonly adapter?: string;
}

const COMMON = {
  only: { type: 'string', default: '' },
  repeats: { type: 'string' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  adapter: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

/**
 * Parses the options of a command: the common ones, and string options named in `own` with their defaults.
 * @throws {TypeError} for an unknown option
 * @throws {RangeError} for an invalid number
 */
export function parseOptions<Own extends Record<string, string>>(
  args: readonly string[],
  defaults: { readonly repeats: number; readonly own?: Own },
): CommonOptions & Own {
  const own = Object.fromEntries(
    Object.entries(defaults.own ?? {}).map(([name, value]) => [name, { type: 'string' as const, default: value }]),
  );
  const { values } = parseArgs({ args: [...args], options: { ...COMMON, ...own }, strict: true });
  const { only, repeats, json, markdown, adapter, ...rest } = values as Record<string, string | undefined>;
  return {
    ...(rest as Own),
    only: list(only),
    repeats: repeats === undefined ? defaults.repeats : positive('--repeats', repeats),
    json,
    markdown,
    adapter,
  };
}

/** @throws {RangeError} unless the text is a number above 0 */
export function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`${option}: got ${text}, wanted a number above 0`);
  return value;
}

/** Splits a comma-separated list. */
export function list(text: string | undefined): string[] {
  return (text ?? '').split(',').filter(Boolean);
}

/** Items whose name contains one of the parts. @throws {RangeError} when none matches, so that a typing error is noticed */
export function pick<Named extends { readonly name: string }>(
  all: readonly Named[],
  parts: readonly string[],
): Named[] {
  const picked = all.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (picked.length === 0)
    throw new RangeError(`--only: got ${parts.join(',')}, wanted parts of ${all.map(({ name }) => name).join(', ')}`);
  return picked;
}
