import { formatTable, type Output } from '../../progress/output.js';
import { UsageError } from '../options/errors.js';
import {
  known,
  type MeasurementFlags,
  openTableOf,
  rowOf,
  type TableCommandOptions,
  withUnit,
} from '../options/tableOptions.js';

export interface LatencyOptions extends TableCommandOptions {
  readonly device?: string;
}

export async function tableArchitecture(index: string, options: TableCommandOptions, output: Output): Promise<void> {
  if (!/^\d+$/.test(index)) throw new UsageError(`index: got "${index}", wanted a whole number`);
  const table = await openTableOf(options);
  const row = await rowOf(table, index);
  if (options.json) output.json({ table: table.name, ...row });
  else output.print(row.architecture);
}

export async function tableIndex(architecture: string, options: TableCommandOptions, output: Output): Promise<void> {
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const table = await openTableOf(options);
  const space = spaceByName(table.space);
  const text = space.format(space.parse(architecture));
  const index = table.indexOf(text);
  if (options.json) output.json({ table: table.name, index, architecture: text });
  else output.print(`${index}`);
}

export async function tableQuery(argument: string, options: MeasurementFlags, output: Output): Promise<void> {
  const { describeMeasurement } = await import('../../../src/nas/tables/index.js');
  const { set, split, epochs, seed } = options;
  const measurement = { set, split, epochs, seed };
  const table = await openTableOf(options);
  const accuracies = table.accuracies(measurement);
  const { index, architecture } = await rowOf(table, argument);
  const accuracy = accuracies[index];
  if (options.json) output.json({ table: table.name, index, architecture, ...measurement, accuracy: known(accuracy) });
  else output.print(`${describeMeasurement(measurement)}: ${withUnit(accuracy, '%')}\n${index}  ${architecture}`);
}

export async function tableCost(argument: string, options: MeasurementFlags, output: Output): Promise<void> {
  const { TableError } = await import('../../../src/nas/tables/index.js');
  const table = await openTableOf(options);
  const { set } = options;
  const columns = table.costs.filter((cost) => cost.set === set);
  if (columns.length === 0) {
    const sets = [...new Set(table.costs.map((cost) => cost.set))];
    throw new TableError(`${table.name}: costs on ${set}, wanted one of: ${sets.join(', ') || 'none'}`);
  }
  const { index, architecture } = await rowOf(table, argument);
  const costs = columns.map((column) => [column.name, table.costColumn(column)[index]] as const);
  if (options.json) {
    const values = Object.fromEntries(costs.map(([name, value]) => [name, known(value)]));
    output.json({ table: table.name, index, architecture, set, costs: values });
    return;
  }
  const unit = (name: string) => (name === 'latency' ? 'ms' : '');
  const rows = costs.map(([name, value]) => [name, withUnit(value, unit(name))]);
  output.print(`${index}  ${architecture}`);
  output.print(formatTable([`cost on ${set}`, 'value'], rows, { ...output, right: ['value'] }));
}

export async function tableLatency(argument: string, options: LatencyOptions, output: Output): Promise<void> {
  const { TableError } = await import('../../../src/nas/tables/index.js');
  const table = await openTableOf(options);
  const devices = options.device === undefined ? table.devices : [options.device];
  if (devices.length === 0) {
    const file = table.header.latencyFile?.file;
    const wanted = file ? `${file}.csv.gz beside the table` : 'a table with columns of latency';
    throw new TableError(`${table.name}: got no latencies, wanted ${wanted}`);
  }
  const columns = devices.map((device) => [device, table.latencies(device)] as const);
  const { index, architecture } = await rowOf(table, argument);
  const latencies = columns.map(([device, column]) => [device, column[index]] as const);
  if (options.json) {
    const values = Object.fromEntries(latencies.map(([device, value]) => [device, known(value)]));
    output.json({ table: table.name, index, architecture, milliseconds: values });
    return;
  }
  const rows = latencies.map(([device, value]) => [device, withUnit(value, 'ms')]);
  output.print(`${index}  ${architecture}`);
  output.print(formatTable(['device', 'latency'], rows, { ...output, right: ['latency'] }));
}

export async function tableSimulate(args: readonly string[], options: MeasurementFlags, output: Output): Promise<void> {
  const { describeMeasurement } = await import('../../../src/nas/tables/index.js');
  const { SimulatedClock } = await import('../../../src/nas/tables/index.js');
  const { set, epochs, seed } = options;
  const table = await openTableOf(options);
  const clock = new SimulatedClock(table, { set, epochs, seed });
  const trainings: (ReturnType<typeof clock.train> & { readonly architecture: string })[] = [];
  for (const argument of args) {
    const { index, architecture } = await rowOf(table, argument);
    trainings.push({ ...clock.train(index), architecture });
  }
  const measurement = { set, split: 'validation', epochs, seed } as const;
  const note = table.header.timeModel?.source;
  if (options.json) {
    const list = trainings.map(({ accuracy, ...rest }) => ({ ...rest, accuracy: known(accuracy) }));
    output.json({ table: table.name, ...measurement, ...(note ? { secondsFrom: note } : {}), trainings: list });
    return;
  }
  const rows = trainings.map(({ index, architecture, accuracy, seconds, total }) => [
    `${index}`,
    withUnit(accuracy, '%'),
    seconds.toFixed(1),
    total.toFixed(1),
    architecture,
  ]);
  const header = ['index', 'accuracy', 'seconds', 'total', 'architecture'];
  output.print(`${describeMeasurement(measurement)}`);
  if (note) output.print(`seconds: ${note}`);
  output.print(formatTable(header, rows, { ...output, right: header.slice(0, 4) }));
}
