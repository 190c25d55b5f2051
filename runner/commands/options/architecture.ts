import { type Command, Option } from 'commander';
import { nearest } from '../../../src/nas/errors/index.js';
import type { ArchitectureFiles, Space } from '../../../src/nas/spaces/index.js';
import { SPACES } from '../../names/registryNames.js';
import { UsageError } from './errors.js';
import { readJson } from './options.js';

export interface ArchitectureOptions {
  readonly space: string;
  readonly architecture?: string;
  readonly genotypeFile?: string;
  readonly genotype?: string;
}

/** The space of `--genotype-file` by default. */
const FILE_SPACE = SPACES.find((space) => space.files)!.name;

/** The two ways to name an architecture: its text, or a genotype of a file. */
export function addArchitecture(command: Command): Command {
  return command
    .option('--architecture <text>', 'the architecture, as its space writes it')
    .addOption(
      new Option('--genotype-file <file>', 'JSON with genotypes by name: normal, normal_concat, reduce, reduce_concat')
        .implies({ space: FILE_SPACE })
        .conflicts('architecture'),
    )
    .option('--genotype <name>', 'one of the genotypes of that file');
}

/**
 * @throws {UsageError} unless the options name one architecture, which the file has
 * @throws {ArchitectureError} when text or entry is no architecture of the space
 */
export async function readArchitecture(options: ArchitectureOptions, space: Space): Promise<unknown> {
  const { architecture, genotypeFile: file, genotype: name } = options;
  if (architecture !== undefined && name === undefined) return space.parse(architecture);
  if (file === undefined || name === undefined)
    throw new UsageError('wanted either --architecture, or --genotype-file and --genotype');
  if (!space.files)
    throw new UsageError(`--genotype-file: space ${space.name} has no genotypes, wanted --space ${FILE_SPACE}`);
  return readEntry(space.files, await readJson(file), file, name);
}

/** @throws {UsageError} for an unknown name, with the nearest and all known ones */
function readEntry({ kind, fields, entries, read }: ArchitectureFiles, content: unknown, file: string, name: string) {
  const known = entries(content);
  const entry = known.get(name);
  if (entry !== undefined) return read(entry);
  const names = [...known.keys()];
  if (names.length === 0) throw new UsageError(`${file}: no ${kind} in it, wanted NAME: {${fields.join(', ')}}`);
  const lower = names.map((each) => each.toLowerCase());
  const close = nearest(name.toLowerCase(), lower);
  const hint = close === undefined ? '' : ` Did you mean ${names[lower.indexOf(close)]}?`;
  throw new UsageError(`${file}: no ${kind} "${name}".${hint} It has: ${names.join(', ')}`);
}
