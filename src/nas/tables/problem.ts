import { UnknownNameError } from '../errors/errors.js';
import type { EvaluationResult, Problem } from '../search/problem.js';
import { spaceByName } from '../spaces/spaces.js';
import { type Measurement, type Table, TableError, type TableSeed } from './table.js';

export interface TableProblemOptions extends Pick<Problem, 'limits' | 'report' | 'engine'> {
  /** Data set whose validation accuracy the search sees. */
  readonly set: string;
  /** Lengths of training that evaluations may have; default: all that the table has on the set with the seed. */
  readonly epochs?: number | readonly number[];
  /** Seed of the measurements: one for all lengths, or one for each in the order of `epochs`. */
  readonly seed: TableSeed | readonly TableSeed[];
  /** Seed of the search's own random numbers. */
  readonly searchSeed: number;
  readonly space?: Problem['space'];
}

const LATENCY = 'latency:';
const SCORE = 'score:';

/**
 * The problem of a search on a table: an evaluation looks up the validation accuracy; other splits are not accessible. Rows without a
 * value have accuracy 0. Seconds are those of the table.
 * @throws {TableError} when the table lacks a measurement
 */
export function tableProblem(table: Table, options: TableProblemOptions): Problem {
  const { set, searchSeed, limits, report, engine } = options;
  const space = options.space ?? spaceByName(table.space);
  if (space.name !== table.space)
    throw new TableError(`tableProblem: got space ${space.name}, wanted ${table.space}, that of ${table.name}`);
  const columns = new Map<number, Float64Array>(
    seenMeasurements(table, options).map((measurement) => [measurement.epochs, table.accuracies(measurement)]),
  );
  const epochs = [...columns.keys()];
  const costs = table.costs.filter((cost) => cost.set === set && !cost.name.startsWith(SCORE)).map(({ name }) => name);
  const names = [...costs, ...table.devices.map((device) => `${LATENCY}${device}`)];
  const costColumns = new Map<string, Float64Array>();
  const costColumn = (name: string): Float64Array => {
    let column = costColumns.get(name);
    if (column) return column;
    if (!names.includes(name)) throw new UnknownNameError('Cost', name, names);
    column = name.startsWith(LATENCY) ? table.latencies(name.slice(LATENCY.length)) : table.costColumn({ name, set });
    costColumns.set(name, column);
    return column;
  };
  return {
    space,
    seed: searchSeed,
    sourceName: set,
    epochs,
    costs: names,
    cost: (architecture, name) => costColumn(name)[table.indexOf(space.format(architecture))],
    async evaluate(architecture, request): Promise<EvaluationResult> {
      const length = request.epochs ?? epochs[epochs.length - 1];
      const column = columns.get(length);
      if (!column)
        throw new TableError(`${table.name}: evaluation after ${length} epochs, wanted one of: ${epochs.join(', ')}`);
      const index = table.indexOf(space.format(architecture));
      const accuracy = Number.isNaN(column[index]) ? 0 : column[index] / 100;
      return { accuracy, seconds: table.trainingSeconds(index, set, length) };
    },
    ...(limits ? { limits } : {}),
    ...(report ? { report } : {}),
    ...(engine ? { engine } : {}),
  };
}

/** The validation measurements of the problem, by ascending epochs. */
function seenMeasurements(table: Table, { set, epochs, seed }: TableProblemOptions): Measurement[] {
  const split = 'validation';
  const seeds = typeof seed === 'object' ? seed : undefined;
  const all = table.measurements.filter((one) => one.set === set && one.split === split);
  if (all.length === 0) {
    const sets = new Set(table.measurements.filter((one) => one.split === split).map((one) => one.set));
    const wanted = sets.size > 0 ? `one of: ${[...sets].join(', ')}` : 'a table with such accuracies';
    throw new TableError(`${table.name}: validation accuracy on ${set}, wanted ${wanted}`);
  }
  if (epochs === undefined && seeds)
    throw new TableError(`tableProblem: got ${seeds.length} seeds and no epochs, wanted the epochs of each seed`);
  const lengths = epochs === undefined ? undefined : typeof epochs === 'number' ? [epochs] : epochs;
  if (lengths && seeds && lengths.length !== seeds.length)
    throw new TableError(`tableProblem: got ${seeds.length} seeds and ${lengths.length} epochs, wanted as many`);
  const wanted = lengths
    ? lengths.map((length, i) => ({ set, split, epochs: length, seed: (seeds?.[i] ?? seed) as TableSeed }) as const)
    : all.filter((one) => one.seed === seed);
  if (wanted.length === 0) {
    const known = [...new Set(all.map((one) => one.seed))].join(', ');
    throw new TableError(
      `${table.name}: validation accuracy on ${set}: got seed ${String(seed)}, wanted one of: ${known}`,
    );
  }
  return [...wanted].sort((a, b) => a.epochs - b.epochs);
}
