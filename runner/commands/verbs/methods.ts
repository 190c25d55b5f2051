import type { Command } from 'commander';
import type { Method } from '../../../src/nas/search/index.js';
import { METHOD_NAMES } from '../../names/registryNames.js';
import { formatTable, type Output } from '../../progress/output.js';
import { checkMethodName, type OptionSchema, optionSchemas } from '../options/methodOptions.js';
import { addShared, type SharedOptions } from '../options/options.js';
import { pluginsOf } from '../options/plugins.js';

/** Description of a method, as printed by --json. */
interface MethodDescription {
  readonly name: string;
  readonly summary: string;
  readonly paper: string;
  /** Parts of the problem that it uses, with default options. */
  readonly needs: string;
}

interface OptionDescription {
  readonly name: string;
  readonly type: string;
  /** Absent for optional options without a default. */
  readonly default?: unknown;
  readonly description: string;
}

export function addMethods(program: Command, output: Output): void {
  const command = program
    .command('methods')
    .summary('list search methods, or the options of one')
    .description('Lists the search methods with their papers; with a name, the options of that method.')
    .argument('[name]', METHOD_NAMES.join(', '));
  addShared(command, 'plugin').action(async (name: string | undefined, options: SharedOptions) => {
    await pluginsOf(options);
    return name === undefined ? list(options, output) : show(name, options, output);
  });
}

async function list({ json }: SharedOptions, output: Output): Promise<void> {
  const { METHOD_NAMES, methodByName } = await import('../../../src/nas/methods/index.js');
  const methods = METHOD_NAMES.map((name) => describe(methodByName(name)));
  if (json) output.json(methods);
  else
    output.print(
      formatTable(
        ['method', 'needs', 'what it does', 'paper'],
        methods.map(({ name, needs, summary, paper }) => [name, needs, summary, paper]),
        output,
      ),
    );
}

async function show(name: string, { json }: SharedOptions, output: Output): Promise<void> {
  await checkMethodName(name);
  const { methodByName } = await import('../../../src/nas/methods/index.js');
  const description = describe(methodByName(name));
  const options = Object.entries(await optionSchemas(name)).map(([option, schema]) => describeOption(option, schema));
  if (json) {
    output.json({ ...description, options });
    return;
  }
  const { summary, paper, needs } = description;
  output.print(`${output.colours.bold(name)}: ${summary}\npaper: ${paper}\nneeds: ${needs}\n`);
  const rows = options.map(({ name: option, type, default: value, description: text }) => [
    option,
    type,
    value === undefined ? 'left out' : typeof value === 'object' ? JSON.stringify(value) : String(value),
    text,
  ]);
  output.print(formatTable(['option', 'type', 'default', 'description'], rows, output));
}

function describe({ name, summary, paper, needs, options }: Method): MethodDescription {
  return { name, summary, paper, needs: needs(options.parse({})) };
}

function describeOption(name: string, schema: OptionSchema): OptionDescription {
  return {
    name,
    type: typeOf(schema),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    description: schema.description ?? '',
  };
}

function typeOf({ enum: values, type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: OptionSchema): string {
  if (values) return values.join(' | ');
  const bounds = [
    minimum !== undefined && `≥ ${minimum}`,
    exclusiveMinimum !== undefined && `> ${exclusiveMinimum}`,
    // The default upper bound of integers is not worth printing.
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `≤ ${maximum}`,
    exclusiveMaximum !== undefined && `< ${exclusiveMaximum}`,
  ].filter((bound) => bound !== false);
  return [type ?? 'any', ...bounds].join(' ');
}
