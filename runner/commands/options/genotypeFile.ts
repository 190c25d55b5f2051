import { type Command, Option } from 'commander';
import { nearest } from '../../../src/nas/errors/index.js';
import type { Genotype, Space } from '../../../src/nas/spaces/index.js';
import { UsageError } from './errors.js';
import { readJson } from './options.js';

export interface ArchitectureOptions {
  readonly space: string;
  readonly architecture?: string;
  readonly genotypeFile?: string;
  readonly genotype?: string;
}

/** The two ways to name an architecture: its text, or a genotype of a file. */
export function addArchitecture(command: Command): Command {
  return command
    .option('--architecture <text>', 'the architecture, as its space writes it')
    .addOption(
      new Option('--genotype-file <file>', 'JSON with genotypes by name: normal, normal_concat, reduce, reduce_concat')
        .implies({ space: 'darts' })
        .conflicts('architecture'),
    )
    .option('--genotype <name>', 'one of the genotypes of that file');
}

/** @throws UsageError unless the options name one architecture @throws ArchitectureError for one that is none */
export async function readArchitecture(options: ArchitectureOptions, space: Space): Promise<unknown> {
  const { architecture, genotypeFile: file, genotype: name } = options;
  if (architecture !== undefined && name === undefined) return space.parse(architecture);
  if (file === undefined || name === undefined)
    throw new UsageError('wanted either --architecture, or --genotype-file and --genotype');
  if (space.name !== 'darts')
    throw new UsageError(`--genotype-file: space ${space.name} has no genotypes, wanted --space darts`);
  return readGenotype(await readJson(file), file, name);
}

const FIELDS = ['normal', 'normal_concat', 'reduce', 'reduce_concat'];

/**
 * Genotypes lie under `genotypes` or at the top, as fields or as text; sequences of NAO under `nao_sequences`.
 * @throws UsageError for an unknown name, with the nearest and all known ones
 */
async function readGenotype(content: unknown, file: string, name: string): Promise<Genotype> {
  const { parseGenotype } = await import('../../../src/nas/spaces/index.js');
  const { parseSequence } = await import('../../../src/nas/spaces/index.js');
  const top = objectOf(content);
  const known: Readonly<Record<string, unknown>> = {
    ...objectOf(top.genotypes ?? content),
    ...objectOf(top.nao_sequences),
  };
  const names = Object.keys(known).filter((each) => isGenotype(known[each]));
  if (!names.includes(name)) {
    if (names.length === 0) throw new UsageError(`${file}: no genotype in it, wanted NAME: {${FIELDS.join(', ')}}`);
    const lower = names.map((each) => each.toLowerCase());
    const close = nearest(name.toLowerCase(), lower);
    const hint = close === undefined ? '' : ` Did you mean ${names[lower.indexOf(close)]}?`;
    throw new UsageError(`${file}: no genotype "${name}".${hint} It has: ${names.join(', ')}`);
  }
  const entry = known[name];
  if (typeof entry === 'string') return parseGenotype(entry);
  const fields = objectOf(entry);
  if (typeof fields.arch === 'string') return parseSequence(fields.arch);
  return parseGenotype(JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, fields[field]]))));
}

function isGenotype(entry: unknown): boolean {
  const fields = objectOf(entry);
  return (
    (typeof entry === 'string' && /^\s*(Genotype|\[)/.test(entry)) ||
    typeof fields.arch === 'string' ||
    FIELDS.every((field) => field in fields)
  );
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
