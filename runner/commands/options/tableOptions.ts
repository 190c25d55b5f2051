import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ColumnTable, TableSeed } from '../../../src/nas/tables/index.js';
import { addShared, positiveInteger, type SharedOptions } from './options.js';

export interface TableCommandOptions extends Omit<SharedOptions, 'seed'> {
  readonly table: string;
}

export interface MeasurementFlags extends TableCommandOptions {
  readonly set: string;
  readonly split: 'train' | 'validation' | 'test';
  readonly epochs: number;
  readonly seed: number | 'mean' | 'one';
}

/** The options of every table command, and other shared ones. */
export function addTable(command: Command, ...shared: Parameters<typeof addShared>[1][]): Command {
  return addShared(
    command.option('--table <name>', 'nasbench201 or another in --tables-dir, or a path to a .csv.gz', 'nasbench201'),
    'tablesDir',
    ...shared,
  );
}

/** The measurement to look up: without defaults, so that accuracies are not confused. */
export function addMeasurement(command: Command, { split }: { readonly split: boolean }): Command {
  command.requiredOption('--set <name>', 'data set, such as cifar10');
  if (split)
    command.addOption(
      new Option('--split <name>', 'images that it was measured on')
        .choices(['train', 'validation', 'test'])
        .makeOptionMandatory(),
    );
  return command
    .requiredOption('--epochs <number>', 'epochs of training', positiveInteger)
    .requiredOption('--seed <which>', 'mean (over seeds), one (a single training), or a seed', tableSeed);
}

function tableSeed(text: string): TableSeed {
  if (text === 'mean' || text === 'one') return text;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Wanted mean, one, or a whole number.');
  return Number(text);
}

export async function openTableOf({ table, tablesDir }: TableCommandOptions): Promise<ColumnTable> {
  const { openTable } = await import('../../tables/open.js');
  return openTable(table, { tablesDir });
}

/** The row of an argument: an index, or the text of an architecture. */
export async function rowOf(table: ColumnTable, argument: string): Promise<{ index: number; architecture: string }> {
  if (/^\d+$/.test(argument)) return { index: Number(argument), architecture: table.architecture(Number(argument)) };
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const space = spaceByName(table.space);
  const architecture = space.format(space.parse(argument));
  return { index: table.indexOf(architecture), architecture };
}

/** NaN as null, because JSON has no NaN. */
export function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** A number of the table with its unit. */
export function withUnit(value: number, unit: string): string {
  if (Number.isNaN(value)) return 'not known';
  const text = Math.abs(value) < 1 ? `${value}` : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
  return unit === '' ? text : `${text} ${unit}`;
}
