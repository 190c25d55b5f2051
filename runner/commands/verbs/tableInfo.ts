import { formatTable, type Output } from '../../progress/output.js';
import { openTableOf, type TableCommandOptions } from '../options/tableOptions.js';

export async function tableInfo(options: TableCommandOptions, output: Output): Promise<void> {
  const { describeMeasurement } = await import('../../../src/nas/tables/index.js');
  const table = await openTableOf(options);
  const { name, space, size, measurements, costs, devices } = table;
  const { licence, timeModel, seconds, provenance, settings } = table.header;
  await table.load();
  if (options.json) {
    const times = { timeModel, seconds };
    output.json({ name, space, rows: size, licence, measurements, costs, devices, ...times, settings, provenance });
    return;
  }
  output.print(
    `${output.colours.bold(name)}: ${size.toLocaleString('en-US')} architectures of ${space}, all rows read`,
  );
  output.print(`licence: ${licence}`);
  output.print('');
  output.print(['accuracies, in per cent:', ...measurements.map(describeMeasurement)].join('\n  '));
  const costNames = [...new Set(costs.map((cost) => cost.name))];
  const rows = costNames.map((cost) => [
    cost,
    costs
      .filter((one) => one.name === cost)
      .map(({ set }) => set)
      .join(', '),
  ]);
  output.print('');
  if (rows.length > 0) output.print(formatTable(['cost', 'on'], rows, output));
  output.print(`devices with latencies: ${devices.join(', ') || 'none'}`);
  const measured = seconds.length > 0 ? 'measured' : 'not known';
  output.print(`seconds of training: ${timeModel?.source ?? measured}`);
  if (provenance.length === 0) return;
  const sources = provenance.map((one) => [one.columns.join(' '), one.source, one.licence]);
  output.print('');
  output.print(formatTable(['columns', 'source', 'licence'], sources, output));
}
