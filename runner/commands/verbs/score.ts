import type { Command } from 'commander';
import type { Space } from '../../../src/nas/spaces/index.js';
import type { ScoreResults, Table } from '../../../src/nas/tables/index.js';
import { IMAGE_SETS } from '../../names/imageSetNames.js';
import { SCORE_NAMES, SOURCE_FORMS } from '../../names/registryNames.js';
import { formatTable, type Output, progressOf } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import { UsageError } from '../options/errors.js';
import { addShared, positiveInteger, readTexts, type SharedOptions, several } from '../options/options.js';
import { commandLine } from '../options/ownedOptions.js';

interface ScoreOptions extends SharedOptions {
  readonly architecture?: string;
  readonly cellsOf?: string;
  readonly sample?: number;
  readonly table?: string;
  readonly score?: readonly string[];
  readonly source: string;
  readonly batch: number;
  readonly channels: number;
  readonly cells: number;
  readonly size: number;
  readonly out?: string;
}

export function addScore(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('score')
    .summary('zero-cost scores of untrained architectures')
    .description(
      'Scores architectures by their untrained networks and one batch of images; with a table, shows how well the scores rank its accuracies.',
    )
    .option('--architecture <text>', 'one architecture, as its space writes it')
    .option('--cells-of <file>', 'JSON list of architectures')
    .option('--sample <number>', 'number of architectures, sampled with --seed', positiveInteger)
    .option('--table <name>', 'table to compare with: a name in --tables-dir or a path to a .csv.gz')
    .option('--score <name>', `${SCORE_NAMES.join(', ')}; may be given several times; all where left out`, several)
    .requiredOption('--source <source>', `${SOURCE_FORMS.join(', ')}; SET is ${IMAGE_SETS}`)
    .option('--batch <number>', 'images in the batch', positiveInteger, 64)
    .option('--channels <number>', 'channels of the first stage', positiveInteger, 16)
    .option('--cells <number>', 'cells per stage', positiveInteger, 5)
    .option('--size <pixels>', 'edge that images are resized to', positiveInteger, 32)
    .option('--out <folder>', 'folder for scores and report; scores already there are not computed again');
  addShared(command, 'space', 'adapter', 'tune', 'dataDir', 'tablesDir', 'seed').action((options: ScoreOptions) =>
    score(options, tools, output),
  );
}

async function score(options: ScoreOptions, tools: Tools, output: Output): Promise<void> {
  const { scoreByName, SCORE_NAMES: known } = await import('../../../src/nas/scores/index.js');
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const { conductScores } = await import('../../score/conduct.js');
  const { source, batch, channels, cells, size, seed = 0, adapter, dataDir, tune, out } = options;
  // In the order of the registry, so that scores that share a pass are adjacent.
  const wanted = new Set((options.score ?? known).map((name) => scoreByName(name).name));
  const scores = known.filter((name) => wanted.has(name)).map(scoreByName);
  const space = spaceByName(options.space);
  const table = await tableOf(options, space);
  const architectures = await architecturesOf(options, space, table, seed);
  const progress = await progressOf(output, options);
  progress.start('scores', 'opening the device');
  const results = await conductScores(
    { space, architectures, scores, source, seed, batch, channels, cells, size, table },
    tools,
    {
      adapter,
      dataDir,
      tune,
      out,
      notice: (text) => progress.note(text),
      onCell: (done, total) => progress.update({ done, total, unit: 'cell' }),
      rerun: rerunOf(options, seed),
    },
  ).finally(() => progress.clear());
  if (options.json) output.json(results);
  else output.print(describe(results, output));
}

async function tableOf({ table: name, tablesDir }: ScoreOptions, space: Space): Promise<Table | undefined> {
  if (name === undefined) return undefined;
  const { openTable } = await import('../../tables/open.js');
  const table = await openTable(name, { tablesDir });
  if (table.space !== space.name)
    throw new UsageError(`--table ${name}: got a table of ${table.space}, wanted one of ${space.name}`);
  return table;
}

/** @returns canonical texts without duplicates */
async function architecturesOf(
  { architecture, cellsOf, sample }: ScoreOptions,
  space: Space,
  table: Table | undefined,
  seed: number,
): Promise<string[]> {
  const { sampleSpace, sampleTable } = await import('../../../src/nas/tables/index.js');
  const given = [architecture, cellsOf, sample].filter((one) => one !== undefined).length;
  if (given > 1 || (given === 0 && !table))
    throw new UsageError(
      `got ${given} of --architecture, --cells-of and --sample, wanted one, or --table alone for all its rows`,
    );
  const { AttributeError } = await import('../../../src/engine/errors/index.js');
  try {
    if (architecture !== undefined) return [space.format(space.parse(architecture))];
    if (cellsOf !== undefined)
      return [...new Set((await readTexts(cellsOf)).map((text) => space.format(space.parse(text))))];
    if (table) return sampleTable(table, sample ?? table.size, seed);
    return sampleSpace(space, sample as number, seed);
  } catch (error) {
    if (error instanceof AttributeError) throw new UsageError(`--sample: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Command that reproduces the results. */
function rerunOf(options: ScoreOptions, seed: number): string {
  const { architecture, cellsOf, sample, table, score: names, source, batch, channels, cells, size } = options;
  const flags = { architecture, 'cells-of': cellsOf, sample, table, source, batch, channels, cells, size, seed };
  return commandLine('score', { ...flags, score: names });
}

function describe(results: ScoreResults, output: Output): string {
  const { cells, correlations } = results;
  const names = Object.keys(cells[0].scores);
  const seconds = (name: string) => {
    const mean = cells.reduce((sum, cell) => sum + cell.seconds[name], 0) / cells.length;
    return mean.toFixed(mean < 0.1 ? 4 : 2);
  };
  if (cells.length === 1) {
    const rows = names.map((name) => [name, String(cells[0].scores[name] ?? 'not defined'), seconds(name)]);
    return formatTable(['score', 'value', 'seconds'], rows, { ...output, right: ['seconds'] });
  }
  const sets = [...new Set(correlations.map(({ measurement }) => measurement.set))];
  const rows = names.map((name) => {
    const own = correlations.filter(({ score }) => score === name);
    return [
      name,
      String(cells.filter((cell) => cell.scores[name] !== null).length),
      seconds(name),
      ...own.flatMap(({ spearman, published }) => [rounded(spearman), rounded(published?.spearman ?? null)]),
    ];
  });
  const header = ['score', 'cells', 's/cell', ...sets.flatMap((set) => [`${set} ρ`, 'published'])];
  return formatTable(header, rows, { ...output, right: header.slice(1) });
}

function rounded(value: number | null): string {
  return value === null ? '' : value.toFixed(3);
}
