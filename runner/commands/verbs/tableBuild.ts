import type { Command } from 'commander';
import type { Space } from '../../../src/nas/spaces/index.js';
import { IMAGE_SETS } from '../../names/imageSetNames.js';
import { type Output, progressOf } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import { UsageError } from '../options/errors.js';
import { addShared, positiveInteger, readTexts, type SharedOptions } from '../options/options.js';
import { addProtocolFlags, type ProtocolFlags, readProtocolFlags } from '../options/protocolFlags.js';

interface BuildOptions extends SharedOptions, ProtocolFlags {
  readonly set: string;
  readonly sample?: number;
  readonly architectures?: string;
  readonly all?: boolean;
  readonly limit?: number;
  readonly testLimit?: number;
  readonly seeds: number;
  readonly name?: string;
  readonly licence: string;
  readonly out: string;
}

export function addTableBuild(table: Command, tools: Tools, output: Output): void {
  const command = table
    .command('build')
    .summary('train architectures into a table of your own')
    .description(
      'Trains every architecture twice per seed: on half of the training images for a validation accuracy, and on all of them for a test accuracy. Writes NAME.csv.gz and NAME.json. Run again after a stop, it continues.',
    )
    .requiredOption('--set <set>', `images to train on: ${IMAGE_SETS}`)
    .requiredOption('--out <folder>', 'folder for the table; finished trainings are kept there')
    .option('--sample <number>', 'number of architectures, sampled without replacement', positiveInteger)
    .option('--architectures <file>', 'JSON list of architectures')
    .option('--all', 'all architectures of the space')
    .option('--limit <images>', 'at most this many training images', positiveInteger)
    .option('--test-limit <images>', 'at most this many test images', positiveInteger)
    .option('--seeds <number>', 'trainings of each architecture', positiveInteger, 1)
    .option('--name <name>', 'name of the table; default: the space and the set')
    .option('--licence <text>', 'licence that the table is published under', 'not stated');
  const settings = addProtocolFlags(command, 'What neither gives is as published');
  addShared(settings, 'space', 'adapter', 'tune', 'dataDir', 'seed').action((options: BuildOptions) =>
    build(options, tools, output),
  );
}

async function build(options: BuildOptions, tools: Tools, output: Output): Promise<void> {
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const { buildTable } = await import('../../tableBuild/buildTable.js');
  const { showJobs } = await import('../../study/studyProgress.js');
  const { set, limit, testLimit, seeds, seed = 0, licence, out, adapter, dataDir, tune } = options;
  const space = spaceByName(options.space);
  const architectures = await chosen(space, options);
  const progress = await progressOf(output, options);
  const show = showJobs(progress);
  const written = await buildTable(
    {
      name: options.name ?? `${space.name}-${set.replace(/[^\w.-]+/g, '-')}`,
      space,
      architectures,
      set,
      limit,
      testLimit,
      seeds: Array.from({ length: seeds }, (_, i) => seed + i),
      protocol: (await readProtocolFlags(options)).overrides,
      licence,
    },
    tools,
    {
      folder: out,
      adapter,
      dataDir,
      tune,
      notice: (text) => progress.note(text),
      onReady: (total, kept) => {
        progress.note(`${total} trainings, ${kept} of them done already`);
        progress.beginStudy(new Array<string>(total - kept).fill('training'), kept);
      },
      onEvent: show,
    },
  ).finally(() => progress.clear());
  if (options.json) output.json(written);
  else output.print(`${written.rows} rows: ${written.file}`);
}

/** Canonical texts without duplicates. @throws UsageError unless exactly one of --sample, --architectures and --all is given */
async function chosen(space: Space, options: BuildOptions): Promise<string[]> {
  const { sample, architectures: file, all } = options;
  const given = [sample, file, all].filter((option) => option !== undefined).length;
  if (given !== 1)
    throw new UsageError(`table build: got ${given} of --sample, --architectures and --all, wanted exactly one`);
  if (all) return Array.from(space.enumerate(), (architecture) => space.format(architecture));
  if (file !== undefined) return [...new Set((await readTexts(file)).map((text) => space.format(space.parse(text))))];
  const { sampleSpace } = await import('../../../src/nas/tables/index.js');
  const { AttributeError } = await import('../../../src/engine/errors/index.js');
  try {
    return sampleSpace(space, sample as number, options.seed ?? 0);
  } catch (error) {
    if (error instanceof AttributeError) throw new UsageError(`--sample: ${error.message}`, { cause: error });
    throw error;
  }
}
