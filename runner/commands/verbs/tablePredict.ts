import { type Command, Option } from 'commander';
import type { Spread } from '../../../src/nas/math/index.js';
import type { EncodingName, Features, Judged, PredictorResult } from '../../../src/nas/predictors/index.js';
import type { Space } from '../../../src/nas/spaces/index.js';
import type { Measurement, PredictionResults, Table } from '../../../src/nas/tables/index.js';
import { lazyDevice } from '../../device/device.js';
import { ENCODING_NAMES, PREDICTOR_NAMES } from '../../names/registryNames.js';
import { formatTable, type Output, progressOf } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import { UsageError } from '../options/errors.js';
import { collectAssignment, positiveInteger, several } from '../options/options.js';
import { assignments, commandLine, optionsByOwner, requireOnce } from '../options/ownedOptions.js';
import { addTable, openTableOf, type TableCommandOptions } from '../options/tableOptions.js';

interface PredictOptions extends TableCommandOptions {
  readonly predictor: readonly string[];
  readonly option?: Record<string, unknown>;
  readonly encoding?: readonly EncodingName[];
  readonly feature?: readonly string[];
  readonly set: string;
  readonly split: Measurement['split'];
  readonly epochs: number;
  readonly tableSeed: 'mean' | 'one';
  readonly fit?: readonly number[];
  readonly seeds: number;
  readonly seed?: number;
  readonly adapter?: string;
  readonly out?: string;
}

const FIT = 100;

export function addTablePredict(parent: Command, tools: Tools, output: Output): void {
  const command = parent
    .command('predict')
    .description('Measures how well predictors of accuracy, fitted on random rows, rank all other rows.')
    .requiredOption('--predictor <name>', `${PREDICTOR_NAMES.join(', ')}; may be given several times`, several)
    .option(
      '--option <predictor.name=value>',
      'option of a predictor, such as random-forest.trees=1000',
      collectAssignment,
    )
    .option(
      '--encoding <name>',
      `${ENCODING_NAMES.join(', ')}; may be given several times (default: that of the predictor)`,
      several,
    )
    .option(
      '--feature <cost>',
      'column of costs or scores used as an additional input; may be given several times',
      several,
    )
    .requiredOption('--set <name>', 'data set, such as cifar10')
    .addOption(
      new Option('--split <name>', 'images that the accuracy was measured on')
        .choices(['train', 'validation', 'test'])
        .default('validation'),
    )
    .option('--epochs <number>', 'epochs of training', positiveInteger, 200)
    .addOption(
      new Option('--table-seed <which>', 'the mean over seeds, or one training')
        .choices(['mean', 'one'])
        .default('mean'),
    )
    .option(
      '--fit <rows>',
      `rows to fit on; may be given several times (default: ${FIT})`,
      (text: string, previous: readonly number[] = []) => [...previous, positiveInteger(text)],
    )
    .option('--seeds <number>', 'repetitions, each fitted on other rows', positiveInteger, 10)
    .option('--out <folder>', 'folder for predictions.json, predictions.csv and report.html');
  addTable(command, 'adapter', 'seed').action((options: PredictOptions) => tablePredict(options, tools, output));
}

async function tablePredict(options: PredictOptions, tools: Tools, output: Output): Promise<void> {
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const { judgePredictor } = await import('../../../src/nas/predictors/index.js');
  const { versions } = await import('../../package/package.js');
  const judged = await readPredictors(options);
  const table = await openTableOf(options);
  const space = spaceByName(table.space);
  const measurement = { set: options.set, split: options.split, epochs: options.epochs, seed: options.tableSeed };
  const accuracies = table.accuracies(measurement);
  const known = accuracies.reduce((count, accuracy) => count + (Number.isNaN(accuracy) ? 0 : 1), 0);
  const fits = [...new Set(options.fit ?? [FIT])];
  const most = Math.max(...fits);
  if (most > known - 2)
    throw new UsageError(`--fit ${most}: ${known} rows have this accuracy, wanted at most ${known - 2}`);
  const seeds = Array.from({ length: options.seeds }, (_, i) => (options.seed ?? 0) + i);
  const encoded = await encoder(table, space, options);
  const device = lazyDevice(tools, options.adapter);
  const progress = await progressOf(output, options);
  const predictors: PredictorResult[] = [];
  try {
    for (const [one, fit] of judged.flatMap((one) => fits.map((fit) => [one, fit] as const))) {
      progress.start(`${one.label} on ${fit}, ${one.encoding}`, null);
      const judging = { space, features: encoded(one.encoding), accuracies, fit, seeds };
      const result = await judgePredictor(one, {
        ...judging,
        engine: async () => (await device.open()).engine,
        report: (done) => progress.update({ done, total: seeds.length, unit: 'seed' }),
      });
      progress.finish(`Spearman ${result.spearman.mean.toFixed(3)}`);
      predictors.push(result);
    }
  } finally {
    progress.clear();
    await device.close();
  }
  const results: PredictionResults = {
    format: 1,
    kind: 'predictions',
    table: table.name,
    space: space.name,
    measurement,
    predictors,
    seeds,
    versions: versions(),
    rerun: rerunOf(options),
  };
  if (options.out !== undefined) await write(results, options.out);
  if (options.json) output.json(results);
  else await print(results, options.out, output);
}

/** @throws UsageError or UnknownNameError for predictors, options and encodings that there are not */
async function readPredictors({
  predictor: names,
  option = {},
  encoding: encodings,
}: PredictOptions): Promise<Judged[]> {
  const { predictorByName } = await import('../../../src/nas/predictors/index.js');
  const { UnknownNameError } = await import('../../../src/nas/errors/index.js');
  const { describeSchemaErrors } = await import('../../../src/nas/schemas/index.js');
  requireOnce('predictor', names);
  const given = optionsByOwner(option, names, 'predictor');
  return names.flatMap((name) => {
    const predictor = predictorByName(name);
    const parsed = predictor.options.safeParse(given.get(name));
    if (!parsed.success) {
      const errors = describeSchemaErrors(parsed.error, given.get(name), predictor.options);
      throw new UsageError(`--option: ${name}: ${errors.join('; ')}`);
    }
    return [...new Set(encodings ?? [predictor.encoding])].map((encoding) => {
      if (!ENCODING_NAMES.includes(encoding)) throw new UnknownNameError('Encoding', encoding, ENCODING_NAMES);
      if (encoding !== predictor.encoding && predictor.encoding === 'adjacency')
        throw new UsageError(`--encoding ${encoding}: ${name} works on graphs, wanted adjacency`);
      return { label: name, predictor, options: parsed.data, encoding };
    });
  });
}

/** Encodes all rows of the table, each encoding once. */
async function encoder(table: Table, space: Space, { feature: names = [], set }: PredictOptions) {
  const { encode, withColumns } = await import('../../../src/nas/predictors/index.js');
  const columns = names.map((name) => table.costColumn({ name, set }));
  const architectures = Array.from({ length: table.size }, (_, row) => space.parse(table.architecture(row)));
  const kept = new Map<EncodingName, Features>();
  return (name: EncodingName): Features => {
    let features = kept.get(name);
    if (!features) {
      features = encode(space, architectures, name);
      if (columns.length > 0) features = withColumns(features, columns);
      kept.set(name, features);
    }
    return features;
  };
}

async function write(results: PredictionResults, folder: string): Promise<void> {
  const { join } = await import('node:path');
  const { atomicWrite } = await import('../../files/atomicWrite.js');
  const { makeFolder } = await import('../../files/makeFolder.js');
  const { predictionsCsv } = await import('../../report/tableCsv.js');
  const { predictionsPage } = await import('../../report/predictions.js');
  await makeFolder(folder);
  await atomicWrite(join(folder, 'predictions.json'), `${JSON.stringify(results, undefined, 1)}\n`);
  await atomicWrite(join(folder, 'predictions.csv'), predictionsCsv(results));
  await atomicWrite(join(folder, 'report.html'), predictionsPage(results));
}

async function print({ measurement, predictors, seeds }: PredictionResults, out: string | undefined, output: Output) {
  const { describeMeasurement } = await import('../../../src/nas/tables/index.js');
  const share = ({ mean, deviation }: Spread) => `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
  const rows = predictors.map((one) => [
    one.label,
    one.encoding,
    `${one.fitted}`,
    share(one.spearman),
    share(one.kendall),
    one.fitSeconds.mean.toFixed(3),
    one.predictSeconds.mean.toFixed(3),
  ]);
  output.print(describeMeasurement(measurement));
  output.print(`fitted on random rows, judged on all others; mean and deviation over ${seeds.length} seeds`);
  const header = ['predictor', 'encoding', 'rows', 'Spearman', 'Kendall tau-b', 'fit s', 'predict all s'];
  output.print(formatTable(header, rows, { ...output, right: header.slice(2) }));
  if (out !== undefined) output.print(`results: ${out}`);
}

function rerunOf(options: PredictOptions): string {
  const { table, predictor, option, encoding, feature, set, split, epochs, tableSeed, fit, seeds, seed } = options;
  const flags = { table, predictor, option: assignments(option), encoding, feature, set, split, epochs };
  return commandLine('table predict', { ...flags, 'table-seed': tableSeed, fit: fit ?? FIT, seeds, seed });
}
