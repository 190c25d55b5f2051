// Training steps of networks and supernets.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdapterSummary } from '../../src/engine/device/adapter.js';
import { open } from '../../src/engine/device/node/index.js';
import { Contender } from '../contenders/process.js';
import { parseOptions, pick, positive } from '../harness/options.js';
import { describeEnvironment, environmentOf } from '../report/environment.js';
import { publish } from '../report/publish.js';
import type { ResultRow } from '../report/results.js';
import { summarize } from '../report/statistics.js';
import { type Column, megabytes, number, textTable } from '../report/table.js';
import { countMultiplyAdds, countParameters, networkOf, stepFlops } from '../steps/networks.js';
import { LARGE_STEPS, STEPS, type StepWorkload } from '../steps/workloads.js';

const columns: readonly Column<ResultRow>[] = [
  { head: 'step', align: 'left', least: 34, cell: ({ workload }) => workload },
  { head: 'median ms', cell: ({ time }) => number(time?.median) },
  {
    head: 'quartiles',
    least: 11,
    cell: ({ time }) => (time ? `${number(time.lowerQuartile)}-${number(time.upperQuartile)}` : ''),
  },
  { head: 'runs', cell: ({ time }) => `${time?.count ?? ''}` },
  { head: 'GFLOP/s', cell: ({ figures }) => number(figures?.gflops) },
  { head: 'host ms', cell: ({ figures }) => number(figures?.hostMilliseconds) },
  { head: 'dispatches', cell: ({ figures }) => `${figures?.dispatches ?? ''}` },
  { head: 'pipelines', cell: ({ figures }) => `${figures?.pipelines ?? ''}` },
  { head: 'program MB', cell: ({ figures }) => megabytes(figures?.programBytes) },
  { head: 'all MB', cell: ({ figures }) => megabytes(figures?.deviceBytes) },
  { head: 'first ms cold', cell: ({ figures }) => number(figures?.coldFirstMilliseconds) },
  { head: 'warm', cell: ({ figures }) => number(figures?.firstMilliseconds) },
  { head: 'remark', align: 'left', cell: ({ remark }) => remark ?? '' },
];

export async function run(args: string[]): Promise<void> {
  const options = parseOptions(args, { repeats: 7, own: { limit: '600' } });
  const workloads = pick(options.only.length > 0 ? [...STEPS, ...LARGE_STEPS] : STEPS, options.only);
  const limitSeconds = positive('--limit', options.limit);
  const gpu = await open({ adapter: options.adapter });
  const { info } = gpu;
  gpu.dispose();
  const environment = environmentOf(info);
  console.log(describeEnvironment(environment));
  const rows: ResultRow[] = [];
  for (const workload of workloads) {
    rows.push(await measure(info, workload, { repeats: options.repeats, limitSeconds }));
    console.log(
      textTable(columns, rows.slice(-1))
        .slice(rows.length === 1 ? 0 : 1)
        .join('\n'),
    );
  }
  publish({ command: 'steps', environment, rows }, { ...options, columns });
}

/** Environment variables for the shader cache folders of Mesa and NVIDIA drivers. */
function shaderCache(folder: string): Record<string, string> {
  return { MESA_SHADER_CACHE_DIR: folder, __GL_SHADER_DISK_CACHE_PATH: folder };
}

/** Measures a first step with an empty shader cache; then a second process with the filled cache is timed. */
async function measure(
  adapter: AdapterSummary,
  workload: StepWorkload,
  { repeats, limitSeconds }: { readonly repeats: number; readonly limitSeconds: number },
): Promise<ResultRow> {
  const folder = mkdtempSync(join(tmpdir(), 'nastransfer-bench-'));
  const options = { limitSeconds, environment: shaderCache(folder) };
  const contender = new Contender('nastransfer', adapter, options);
  try {
    const cold = await contender.prepare(workload, { checks: 1 });
    contender.close();
    const warm = await contender.prepare(workload, { checks: 1 });
    const milliseconds: number[] = [];
    while (milliseconds.length < repeats) milliseconds.push(...(await contender.time()));
    const figures = await contender.figures();
    const time = summarize(milliseconds);
    return {
      workload: workload.name,
      contender: contender.name,
      time,
      figures: {
        ...figures,
        gflops: stepFlops(workload) / time.median / 1e6,
        coldFirstMilliseconds: cold.firstMilliseconds,
        firstMilliseconds: warm.firstMilliseconds,
        parameters: countParameters(networkOf(workload)),
        multiplyAddsPerImage: countMultiplyAdds(workload),
      },
    };
  } catch (error) {
    return { workload: workload.name, contender: contender.name, remark: (error as Error).message.split('\n')[0] };
  } finally {
    contender.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
