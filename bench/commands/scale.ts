// How the cost of a step grows with the batch, the network, the images and the number of candidates.
import { open } from '../../src/engine/device/node/index.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { parseOptions, pick } from '../harness/options.js';
import { timeRuns } from '../harness/timing.js';
import { describeEnvironment, environmentOf } from '../report/environment.js';
import { publish } from '../report/publish.js';
import type { ResultRow } from '../report/results.js';
import { growthExponent, summarize } from '../report/statistics.js';
import { type Column, megabytes, number, textTable } from '../report/table.js';
import { prepareScale } from '../scale/program.js';
import { BASE_TEXT, SCALE_POINTS, type ScalePoint } from '../scale/workloads.js';

const columns: readonly Column<ResultRow>[] = [
  { head: 'axis', align: 'left', least: 10, cell: ({ workload }) => workload.split('_')[0] },
  { head: 'value', cell: ({ workload }) => workload.split('_')[1] },
  { head: 'median ms', cell: ({ time }) => number(time?.median) },
  { head: 'MAD', cell: ({ time }) => number(time?.mad) },
  { head: 'GFLOP/s', cell: ({ figures }) => number(figures?.gflops) },
  { head: 'dispatches', cell: ({ figures }) => `${figures?.dispatches ?? ''}` },
  { head: 'program MB', cell: ({ figures }) => megabytes(figures?.programBytes) },
  { head: 'compile ms', cell: ({ figures }) => number(figures?.compileMilliseconds) },
];

export async function run(args: string[]): Promise<void> {
  const options = parseOptions(args, { repeats: 5 });
  const points = pick(SCALE_POINTS, options.only);
  const gpu = await open({ adapter: options.adapter });
  const engine = new Engine(gpu);
  try {
    const environment = environmentOf(gpu.info);
    console.log(`${describeEnvironment(environment)}\nbase: ${BASE_TEXT}`);
    const rows: ResultRow[] = [];
    for (const point of points) {
      rows.push(await measure(engine, point, options.repeats));
      console.log(
        textTable(columns, rows.slice(-1))
          .slice(rows.length === 1 ? 0 : 1)
          .join('\n'),
      );
    }
    const notes = [`Base: ${BASE_TEXT}.`, ...growth(points, rows)];
    publish({ command: 'scale', environment, rows }, { ...options, columns, notes });
  } finally {
    engine.dispose();
    gpu.dispose();
  }
}

async function measure(engine: Engine, { name, workload }: ScalePoint, repeats: number): Promise<ResultRow> {
  const start = performance.now();
  const prepared = await prepareScale(engine, workload);
  const compileMilliseconds = performance.now() - start;
  const time = summarize(await timeRuns(engine, prepared, repeats));
  const { program } = prepared;
  const figures = {
    gflops: (2 * program.cost.multiplyAdds) / time.median / 1e6,
    dispatches: program.dispatchCount,
    programBytes: program.memoryBytes,
    compileMilliseconds,
  };
  prepared.dispose();
  return { workload: name, contender: 'nastransfer', time, figures };
}

/** The exponent with which time grows along each axis, over the largest half of its values. */
function growth(points: readonly ScalePoint[], rows: readonly ResultRow[]): string[] {
  const axes = [...new Set(points.map(({ axis }) => axis))];
  return axes.flatMap((axis) => {
    const own = points.flatMap((point, i) =>
      point.axis === axis && rows[i].time ? [{ x: point.value, y: rows[i].time.median }] : [],
    );
    const upper = own.slice(Math.floor((own.length - 1) / 2));
    return upper.length > 1
      ? [`Time grows as ${axis}^${growthExponent(upper).toFixed(2)} (last ${upper.length} values).`]
      : [];
  });
}
