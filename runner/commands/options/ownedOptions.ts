import { UsageError } from './errors.js';

/**
 * Options given as `OWNER.name=value`, by owner.
 * @param what an owner is, such as method
 * @throws {UsageError} when an owner is not among `owners`
 */
export function optionsByOwner(
  given: Readonly<Record<string, unknown>>,
  owners: readonly string[],
  what: string,
): Map<string, Record<string, unknown>> {
  const byOwner = new Map(owners.map((name): [string, Record<string, unknown>] => [name, {}]));
  for (const [key, value] of Object.entries(given)) {
    const dot = key.indexOf('.');
    const options = byOwner.get(key.slice(0, Math.max(0, dot)));
    if (!options)
      throw new UsageError(
        `--option ${key}: wanted ${what.toUpperCase()}.name=value, with ${what.toUpperCase()} one of those that run: ${owners.join(', ')}`,
      );
    options[key.slice(dot + 1)] = value;
  }
  return byOwner;
}

/** @throws {UsageError} when a name is repeated */
export function requireOnce(option: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UsageError(`--${option} ${twice}: got it twice, wanted it once`);
}

/** A command line that repeats a run. Options without a value are omitted, lists become repeated options. */
export function commandLine(command: string, flags: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(flags).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined)
      .flatMap((one) => [`--${name}`, quoted(String(one))]),
  );
  return ['npx nastransfer', command, ...words].join(' ');
}

/** The values of `--option` as they were written. */
export function assignments(given: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(given).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}

function quoted(text: string): string {
  return /^[\w.:/=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
