import type { Command } from 'commander';
import type { Output } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import { positiveInteger } from '../options/options.js';
import { addMeasurement, addTable, type MeasurementFlags, type TableCommandOptions } from '../options/tableOptions.js';
import { type BestOptions, tableBest } from './tableBest.js';
import { addTableBuild } from './tableBuild.js';
import { tableInfo } from './tableInfo.js';
import { addTablePredict } from './tablePredict.js';
import {
  type LatencyOptions,
  tableArchitecture,
  tableCost,
  tableIndex,
  tableLatency,
  tableQuery,
  tableSimulate,
} from './tableQuery.js';
import { addTableRun } from './tableRun.js';

const ROW = 'index of a row, or the architecture as its space writes it';

export function addTableCommand(program: Command, tools: Tools, output: Output): void {
  const table = program
    .command('table')
    .summary('look up architectures in a table of measured accuracies')
    .description(
      'Tables of architectures with measured accuracies and costs. A lookup names the data set, the split, the epochs and the ' +
        'seed; none has a default.',
    );
  const verb = (usage: string, description: string) => table.command(usage).description(description);

  addTable(verb('info', 'Describes the contents of a table.')).action((options: TableCommandOptions) =>
    tableInfo(options, output),
  );
  addTable(verb('arch', 'The architecture of a row.').argument('<index>', 'index of the row')).action(
    (index: string, options: TableCommandOptions) => tableArchitecture(index, options, output),
  );
  addTable(verb('index', 'The row of an architecture.').argument('<architecture>', 'as its space writes it')).action(
    (architecture: string, options: TableCommandOptions) => tableIndex(architecture, options, output),
  );
  const query = verb('query', 'The accuracy of a row, in per cent.').argument('<row>', ROW);
  addTable(addMeasurement(query, { split: true })).action((row: string, options: MeasurementFlags) =>
    tableQuery(row, options, output),
  );
  const cost = verb('cost', 'Costs of the network of a row on a data set, and the scores recorded for it.');
  addTable(cost.argument('<row>', ROW).requiredOption('--set <name>', 'data set, such as cifar10')).action(
    (row: string, options: MeasurementFlags) => tableCost(row, options, output),
  );
  const latency = verb('latency', 'Milliseconds of latency of a row on devices.').argument('<row>', ROW);
  addTable(latency.option('--device <name>', 'only this device')).action((row: string, options: LatencyOptions) =>
    tableLatency(row, options, output),
  );
  const best = addMeasurement(verb('best', 'The rows of the highest accuracy, within limits.'), { split: true })
    .option('--max-parameters <number>', 'parameters at most', Number)
    .option('--max-mflops <number>', 'millions of operations at most', Number)
    .option('--max-latency <ms>', 'milliseconds at most, on --device', Number)
    .option('--device <name>', 'device of --max-latency; left out, the latency recorded with the table')
    .option('--top <number>', 'how many', positiveInteger, 1);
  addTable(best).action((options: BestOptions) => tableBest(options, output));
  const simulate = verb(
    'simulate',
    'Trains rows one after the other on the table’s clock: validation accuracy, seconds.',
  );
  addTable(addMeasurement(simulate.argument('<rows...>', ROW), { split: false })).action(
    (rows: string[], options: MeasurementFlags) => tableSimulate(rows, options, output),
  );
  addTableBuild(table, tools, output);
  addTableRun(table, tools, output);
  addTablePredict(table, tools, output);
}
