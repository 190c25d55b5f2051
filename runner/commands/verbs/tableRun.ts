import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../../src/nas/errors/index.js';
import type { Table, TableRunResults } from '../../../src/nas/tables/index.js';
import { lazyDevice } from '../../device/device.js';
import { METHOD_NAMES } from '../../names/registryNames.js';
import { type Output, progressOf } from '../../progress/output.js';
import type { TableRunPlan } from '../../tableRun/plan.js';
import type { Tools } from '../../tools/tools.js';
import { UsageError } from '../options/errors.js';
import { checkMethodName } from '../options/methodOptions.js';
import { collectAssignment, positiveInteger, type SharedOptions, several } from '../options/options.js';
import { assignments, commandLine } from '../options/ownedOptions.js';
import { pluginsOf } from '../options/plugins.js';
import { addTable } from '../options/tableOptions.js';

interface TableRunCommand extends SharedOptions {
  readonly table: string;
  readonly method: readonly string[];
  readonly option?: Record<string, unknown>;
  readonly source: readonly string[];
  readonly seeds: number;
  readonly queries?: number;
  readonly seconds?: number;
  readonly epochs: number;
  readonly tableSeed?: 'mean' | 'one';
  readonly jobs?: number;
  readonly out?: string;
}

/** The published budget of NAS-Bench-201's searchers (2001.00326), in seconds of the table's clock. */
const SECONDS = 12_000;

export function addTableRun(parent: Command, tools: Tools, output: Output): void {
  const command = parent
    .command('run')
    .description(
      'Repeats searches on a table over many seeds, and prints the accuracies found beside the published ones. With several ' +
        'sources, architectures found on one are evaluated on all.',
    )
    .requiredOption('--method <name>', `${METHOD_NAMES.join(', ')}; may be given several times`, several)
    .option(
      '--option <method.name=value>',
      'option of a method, such as regularized-evolution.population=20',
      collectAssignment,
    )
    .requiredOption('--source <set>', 'data set searched on, such as cifar10; may be given several times', several)
    .option('--seeds <number>', 'searches of each method on each source', positiveInteger, 500)
    .option('--queries <number>', 'architectures that a search may evaluate', positiveInteger)
    .option(
      '--seconds <number>',
      `seconds of training, by the table, that a search may take (default: ${SECONDS} without --queries)`,
      positiveNumber,
    )
    .option('--epochs <number>', 'epochs after which searches see the validation accuracy', positiveInteger, 12)
    .addOption(
      new Option(
        '--table-seed <which>',
        'training that searches see: the mean over seeds, or one (default: the mean where the table has it)',
      ).choices(['mean', 'one']),
    )
    .option('--jobs <number>', 'parallel searches, each in its own process (default: one per core)', positiveInteger)
    .option('--out <folder>', 'folder for results; a stopped run continues when run again with it');
  addTable(command, 'plugin', 'adapter', 'seed').action((options: TableRunCommand) => tableRun(options, tools, output));
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('Wanted a number above 0.');
  return value;
}

async function tableRun(options: TableRunCommand, tools: Tools, output: Output): Promise<void> {
  const { conductTableRun } = await import('../../tableRun/conduct.js');
  const { readMethods, Visible } = await import('../options/tableRunMethods.js');
  const { openTableOf } = await import('../../tableRun/searchTask.js');
  const { accuracyTable, correlationLines, queriesTable } = await import('../../tableRun/print.js');
  const { writeTableRun } = await import('../../tableRun/write.js');
  const { publishedRemarks } = await import('../../../src/nas/tables/index.js');
  const { source: sources, seed: first = 0, queries, out, json } = options;
  const plugins = await pluginsOf(options);
  for (const name of options.method) await checkMethodName(name);
  const choice = { name: options.table, tablesDir: options.tablesDir, plugins: options.plugin };
  const table = await openTableOf(choice);
  checkSources(table, sources);
  const visible = new Visible(table, sources, options.tableSeed);
  const methods = await readMethods(options.method, options.option ?? {}, options.epochs, visible);
  const seconds = options.seconds ?? (queries === undefined ? SECONDS : undefined);
  const plan: TableRunPlan = {
    methods,
    seen: { set: sources[0], split: 'validation', epochs: options.epochs, seed: visible.seedOf(options.epochs) },
    sources,
    limits: {
      ...(queries === undefined ? {} : { evaluations: queries }),
      ...(seconds === undefined ? {} : { seconds }),
    },
    seeds: Array.from({ length: options.seeds }, (_, i) => first + i),
  };
  const progress = await progressOf(output, options);
  const device = lazyDevice(tools, options.adapter);
  let results: TableRunResults;
  try {
    results = await conductTableRun(plan, {
      table,
      choice,
      jobs: options.jobs ?? availableParallelism(),
      out,
      rerun: rerunOf(options),
      plugins,
      openDevice: device.open,
      progress,
    });
  } finally {
    progress.clear();
    await device.close();
  }
  if (out !== undefined) await writeTableRun(results, table, out);
  if (json) {
    output.json(results);
    return;
  }
  output.print(accuracyTable(results, output));
  for (const line of publishedRemarks(results)) output.print(line);
  output.print('');
  output.print(queriesTable(results, output));
  output.print('');
  for (const line of correlationLines(results)) output.print(line);
  if (out !== undefined) output.print(`report: ${join(out, 'report.html')}`);
}

/** @throws UsageError naming the nearest set there is */
function checkSources(table: Table, sources: readonly string[]): void {
  const known = [...new Set(table.measurements.filter((one) => one.split === 'validation').map(({ set }) => set))];
  sources.forEach((source, i) => {
    if (sources.indexOf(source) < i)
      throw new UsageError(`--source ${source}: got it twice, wanted every data set once`);
    if (known.includes(source)) return;
    const guess = nearest(source, known);
    throw new UsageError(
      `--source: ${table.name} has no data set "${source}"${guess === undefined ? '' : ` (did you mean ${guess}?)`}, ` +
        `wanted one of: ${known.join(', ')}`,
    );
  });
}

function rerunOf(options: TableRunCommand): string {
  const { table, method, option, source, seeds, seed, queries, seconds, epochs, tableSeed, plugin } = options;
  const flags = { table, method, option: assignments(option), source, seeds, seed, queries, seconds, epochs, plugin };
  return commandLine('table run', { ...flags, 'table-seed': tableSeed });
}
