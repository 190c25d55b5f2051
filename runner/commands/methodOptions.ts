import { nearest } from '../../src/nas/nearestName.js';
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
