import { UsageError } from './errors.js';

/** @throws UnknownNameError for the method; UsageError that tells the options there are, the likeliest first */
export async function checkOptionNames(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const { z } = await import('zod');
  const { methodByName } = await import('../../src/nas/methods/methods.js');
  const known = z.toJSONSchema(methodByName(name).options, { io: 'input' }).properties ?? {};
  const wrong = Object.keys(given).find((option) => !Object.hasOwn(known, option));
  if (wrong === undefined) return;
  const shown = Object.entries(known).map(([option, schema]) =>
    typeof schema === 'object' && schema.default !== undefined ? `${option}=${schema.default}` : option,
  );
  const guess = nearest(wrong, Object.keys(known));
  throw new UsageError(
    `--option: ${name} has no option "${wrong}"${guess === undefined ? '' : ` (did you mean ${guess}?)`}, ` +
      `wanted one of (with their defaults): ${shown.join(', ')}`,
  );
}

/** @throws UsageError that tells the methods there are, the likeliest first */
export async function checkMethodName(name: string): Promise<void> {
  const { METHOD_NAMES } = await import('../../src/nas/methods/methods.js');
  if (METHOD_NAMES.includes(name)) return;
  const guess = nearest(name, METHOD_NAMES);
  throw new UsageError(
    `Method "${name}" is not known${guess === undefined ? '' : ` (did you mean ${guess}?)`}, wanted one of: ${METHOD_NAMES.join(', ')}`,
  );
}

/** The known name that takes the fewest edits; undefined where that would be half of it or more. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance < Math.max(name.length, best.candidate.length) / 2 ? best.candidate : undefined;
}

/** Insertions, deletions and replacements that make one text of the other (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[to.length];
}
