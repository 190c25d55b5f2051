import type { Table } from '../../../src/nas/tables/index.js';
import { formatTable, type Output } from '../../progress/output.js';
import { UsageError } from '../options/errors.js';
import { type MeasurementFlags, openTableOf, withUnit } from '../options/tableOptions.js';

export interface BestOptions extends MeasurementFlags {
  readonly maxParameters?: number;
  readonly maxMflops?: number;
  readonly maxLatency?: number;
  readonly device?: string;
  readonly top: number;
}

interface Limit {
  readonly name: string;
  readonly unit: string;
  readonly most: number;
  readonly column: Float64Array;
}

/** Skips rows without the accuracy, or without a cost that is limited. */
export async function tableBest(options: BestOptions, output: Output): Promise<void> {
  const { describeMeasurement } = await import('../../../src/nas/tables/index.js');
  const { set, split, epochs, seed, top } = options;
  const measurement = { set, split, epochs, seed };
  checkLimits(options);
  const table = await openTableOf(options);
  const accuracies = table.accuracies(measurement);
  const limits = limitsOf(table, options);
  const within = Array.from(accuracies.keys()).filter(
    (index) => !Number.isNaN(accuracies[index]) && limits.every(({ column, most }) => column[index] <= most),
  );
  const best = within.sort((a, b) => accuracies[b] - accuracies[a] || a - b).slice(0, top);
  const found = best.map((index) => ({
    index,
    architecture: table.architecture(index),
    accuracy: accuracies[index],
    costs: limits.map(({ column }) => column[index]),
  }));
  if (options.json) {
    const named = (values: readonly number[]) => Object.fromEntries(limits.map(({ name }, i) => [name, values[i]]));
    const rows = found.map(({ costs, ...row }) => (limits.length > 0 ? { ...row, costs: named(costs) } : row));
    const most = limits.length > 0 ? { limits: named(limits.map((limit) => limit.most)) } : {};
    output.json({ table: table.name, ...measurement, ...most, rows });
    return;
  }
  const conditions = limits.map(({ name, most, unit }) => `${name} at most ${withUnit(most, unit)}`);
  output.print([describeMeasurement(measurement), ...conditions].join('; '));
  if (found.length === 0) {
    output.print('no row is within the limits');
    return;
  }
  const header = ['index', 'accuracy', ...limits.map(({ name }) => name), 'architecture'];
  const rows = found.map(({ index, accuracy, costs, architecture }) => [
    `${index}`,
    withUnit(accuracy, '%'),
    ...costs.map((cost, i) => withUnit(cost, limits[i].unit)),
    architecture,
  ]);
  output.print(formatTable(header, rows, { ...output, right: header.slice(0, -1) }));
}

function checkLimits({ maxParameters, maxMflops, maxLatency, device }: BestOptions): void {
  const given = { '--max-parameters': maxParameters, '--max-mflops': maxMflops, '--max-latency': maxLatency };
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !(value > 0)) throw new UsageError(`${name}: got ${value}, wanted a number above 0`);
  if (device !== undefined && maxLatency === undefined)
    throw new UsageError(`--device ${device}: got no --max-latency; wanted --device only together with it`);
}

function limitsOf(table: Table, { set, maxParameters, maxMflops, maxLatency, device }: BestOptions): Limit[] {
  const limits: Limit[] = [];
  const limit = (name: string, unit: string, most: number | undefined, column: () => Float64Array) => {
    if (most !== undefined) limits.push({ name, unit, most, column: column() });
  };
  limit('parameters', '', maxParameters, () => table.costColumn({ name: 'parameters', set }));
  limit('mflops', '', maxMflops, () => table.costColumn({ name: 'mflops', set }));
  limit(device === undefined ? 'latency' : `latency on ${device}`, 'ms', maxLatency, () =>
    device === undefined ? table.costColumn({ name: 'latency', set }) : table.latencies(device),
  );
  return limits;
}
