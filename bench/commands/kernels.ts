// Kernels by workload, operation and variant, against the ceilings of the adapter.
import { open } from '../../src/engine/device/node/index.js';
import { type Ceilings, measureCeilings } from '../../src/engine/profile/ceilings.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { parseOptions, pick } from '../harness/options.js';
import { timeOperations, timeRuns } from '../harness/timing.js';
import { prepareOperation } from '../kernels/program.js';
import { alternativesOf } from '../kernels/variants.js';
import { KERNEL_LIST, MORE_KERNELS, type OperationWorkload, type Work, workOf } from '../kernels/workloads.js';
import { describeEnvironment, environmentOf } from '../report/environment.js';
import { publish } from '../report/publish.js';
import type { ResultRow } from '../report/results.js';
import { type Summary, summarize } from '../report/statistics.js';
import { type Column, number, percent, textTable } from '../report/table.js';

const columns: readonly Column<ResultRow>[] = [
  { head: 'workload, > operation, ~ variant', align: 'left', least: 64, cell: nameOf },
  { head: 'median ms', cell: ({ time }) => number(time?.median) },
  {
    head: 'quartiles',
    least: 11,
    cell: ({ time }) => (time ? `${number(time.lowerQuartile)}-${number(time.upperQuartile)}` : ''),
  },
  { head: 'GFLOP/s', cell: ({ figures }) => number(figures?.gflops || undefined) },
  { head: 'GB/s', cell: ({ figures }) => number(figures?.gigabytesPerSecond) },
  { head: 'of ceiling', cell: ({ figures }) => percent(figures?.share) },
  { head: 'kernels ms', cell: ({ figures }) => number(figures?.deviceMilliseconds) },
  { head: 'remark', align: 'left', cell: ({ remark }) => remark ?? '' },
];

/** Indented rows: an operation of the workload above, or another variant of its kernels. */
function nameOf({ workload, contender }: ResultRow): string {
  const operation = workload.split(' > ')[1];
  if (operation) return `  > ${operation}`;
  const variant = contender.replace(/^nastransfer ?/, '');
  return variant ? `  ~ ${variant}` : workload;
}

export async function run(args: string[]): Promise<void> {
  const options = parseOptions(args, { repeats: 9, own: { variants: 'all' } });
  if (!['all', 'none'].includes(options.variants))
    throw new RangeError(`--variants: got ${options.variants}, wanted all or none`);
  const workloads = pick([...KERNEL_LIST, ...MORE_KERNELS], options.only);
  const gpu = await open({ adapter: options.adapter });
  const engine = new Engine(gpu);
  try {
    const environment = environmentOf(gpu.info);
    console.log(describeEnvironment(environment));
    const ceilings = await measureCeilings(gpu);
    const product = await measureProduct(engine, options.repeats);
    const notes = [
      `Ceilings: ${number(ceilings.gflops)} GFLOP/s of multiply-adds in registers, ` +
        `${number(ceilings.gigabytesPerSecond)} GB/s of a copy ` +
        `(read and written); best matrix product ${number(product)} GFLOP/s.`,
    ];
    console.log(notes[0]);
    const rows: ResultRow[] = [];
    const known = new Map<string, Set<string>>();
    for (const workload of workloads) {
      const measured = await measure(engine, workload, options.repeats, ceilings);
      if (options.variants === 'all') {
        // The backward workload includes the choices of the forward pass: each is measured once.
        const base = workload.name.split('/')[0];
        if (!known.has(base)) known.set(base, new Set());
        const tried = known.get(base) as Set<string>;
        measured.push(...(await measureVariants(engine, workload, options.repeats, ceilings, tried)));
      }
      rows.push(...measured);
      console.log(
        textTable(columns, measured)
          .slice(rows.length === measured.length ? 0 : 1)
          .join('\n'),
      );
    }
    const figures = { ...ceilings, productGflops: product };
    publish({ command: 'kernels', environment, figures, rows }, { ...options, columns, notes });
  } finally {
    engine.dispose();
    gpu.dispose();
  }
}

/** GFLOP/s of the best run of a large matrix product: an upper bound for kernels. */
async function measureProduct(engine: Engine, repeats: number): Promise<number> {
  const workload = KERNEL_LIST.find(({ name }) => name === 'matmul_1024/forward') as OperationWorkload;
  const prepared = await prepareOperation(engine, workload);
  const times = await timeRuns(engine, prepared, repeats);
  prepared.dispose();
  return workOf(workload).flops / Math.min(...times) / 1e6;
}

/** The workload as the engine runs it, and its operations one by one. */
async function measure(
  engine: Engine,
  workload: OperationWorkload,
  repeats: number,
  ceilings: Ceilings,
): Promise<ResultRow[]> {
  const prepared = await prepareOperation(engine, workload);
  const whole = summarize(await timeRuns(engine, prepared, repeats));
  const operations = (await timeOperations(engine, prepared, repeats)) ?? [];
  prepared.dispose();
  const times = operations.map(({ nanoseconds }) => summarize(nanoseconds.map((value) => value / 1e6)));
  const row = rowOf(workload.name, 'nastransfer', whole, workOf(workload), ceilings);
  if (times.length === 0) return [row];
  const deviceMilliseconds = times.reduce((sum, { median }) => sum + median, 0);
  return [
    { ...row, figures: { ...row.figures, deviceMilliseconds } },
    ...(operations.length === 1 ? [] : operations).map(({ operation, multiplyAdds, bytes }, index) =>
      rowOf(
        `${workload.name} > ${operation}`,
        'nastransfer',
        times[index],
        { flops: 2 * multiplyAdds, bytes },
        ceilings,
      ),
    ),
  ];
}

/** The workload with each alternative variant of its kernels, one at a time. */
async function measureVariants(
  engine: Engine,
  workload: OperationWorkload,
  repeats: number,
  ceilings: Ceilings,
  known: Set<string>,
): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  for (const { name, target } of await alternativesOf(engine, workload, known)) {
    const contender = `nastransfer ${name}`;
    const other = new Engine(engine.gpu, { target });
    try {
      const prepared = await prepareOperation(other, workload);
      const time = summarize(await timeRuns(other, prepared, repeats));
      rows.push(rowOf(workload.name, contender, time, workOf(workload), ceilings));
    } catch (error) {
      rows.push({ workload: workload.name, contender, remark: (error as Error).message.split('\n')[0] });
    } finally {
      other.dispose();
    }
  }
  return rows;
}

/** Rates of work done in the median time, and the share of the ceiling that is nearer: the roofline. */
function rowOf(workload: string, contender: string, time: Summary, work: Work, ceilings: Ceilings): ResultRow {
  const gflops = work.flops / time.median / 1e6;
  const gigabytesPerSecond = work.bytes / time.median / 1e6;
  const share = Math.max(gflops / ceilings.gflops, gigabytesPerSecond / ceilings.gigabytesPerSecond);
  return { workload, contender, time, figures: { gflops, gigabytesPerSecond, share } };
}
