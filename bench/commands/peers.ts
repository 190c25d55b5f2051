// Operations and training steps of the engine and of other frameworks, in turn on one adapter.
import { open } from '../../src/engine/device/node/index.js';
import { Contender, type ContenderName } from '../contenders/process.js';
import { list, parseOptions, pick, positive } from '../harness/options.js';
import type { Tensors } from '../harness/prepared.js';
import { KERNEL_LIST, type OperationWorkload, workOf } from '../kernels/workloads.js';
import { disagreement } from '../peers/check.js';
import { weightsByEdge } from '../peers/edgeWeights.js';
import { checkPeers, PEERS, type PeerName, peerVersion } from '../peers/versions.js';
import { describeEnvironment, environmentOf } from '../report/environment.js';
import { publish } from '../report/publish.js';
import type { ResultRow } from '../report/results.js';
import { geometricMean, summarize } from '../report/statistics.js';
import { type Column, megabytes, number, textTable } from '../report/table.js';
import { stepFlops } from '../steps/networks.js';
import { PEER_STEPS, type StepWorkload } from '../steps/workloads.js';

type Workload = OperationWorkload | StepWorkload;

/** The loss of a step is compared before and after an update. */
const CHECKED_STEPS = 2;

const columns: readonly Column<ResultRow>[] = [
  { head: 'workload', align: 'left', least: 38, cell: ({ workload }) => workload },
  { head: 'contender', align: 'left', least: 11, cell: ({ contender }) => contender },
  { head: 'median ms', cell: ({ time }) => number(time?.median) },
  { head: 'MAD', cell: ({ time }) => number(time?.mad) },
  { head: 'runs', cell: ({ time }) => `${time?.count ?? ''}` },
  { head: 'GFLOP/s', cell: ({ figures }) => number(figures?.gflops || undefined) },
  { head: 'times ours', cell: ({ figures }) => number(figures?.ratio) },
  { head: 'first ms', cell: ({ figures }) => number(figures?.firstMilliseconds) },
  { head: 'device MB', cell: ({ figures }) => megabytes(figures?.deviceBytes) },
  { head: 'process MB', cell: ({ figures }) => megabytes(figures?.residentBytes) },
  { head: 'remark', align: 'left', cell: ({ remark }) => remark ?? '' },
];

export async function run(args: string[]): Promise<void> {
  const options = parseOptions(args, { repeats: 5, own: { peers: installed().join(), limit: '240' } });
  const peers = list(options.peers);
  checkPeers(peers);
  const workloads = pick<Workload>([...KERNEL_LIST, ...PEER_STEPS], options.only);
  const gpu = await open({ adapter: options.adapter });
  const { info } = gpu;
  gpu.dispose();
  const versions = Object.fromEntries(peers.map((name) => [name, peerVersion(name) ?? '']));
  const environment = environmentOf(info, versions);
  console.log(describeEnvironment(environment));
  const limitSeconds = positive('--limit', options.limit);
  const contenders = (['nastransfer', ...peers] as ContenderName[]).map(
    (name) => new Contender(name, info, { limitSeconds }),
  );
  const rows: ResultRow[] = [];
  try {
    for (const workload of workloads) {
      const measured = await measure(contenders, workload, { repeats: options.repeats, limitSeconds });
      rows.push(...measured);
      console.log(
        textTable(columns, measured)
          .slice(rows.length === measured.length ? 0 : 1)
          .join('\n'),
      );
    }
  } finally {
    for (const contender of contenders) contender.close();
  }
  const figures = Object.fromEntries(peers.flatMap((name) => meanRatio(rows, name)));
  const notes = Object.entries(figures).map(([name, ratio]) => `${name}: ${number(ratio)}`);
  publish({ command: 'peers', environment, figures, rows }, { ...options, columns, notes });
}

function installed(): PeerName[] {
  return (Object.keys(PEERS) as PeerName[]).filter((name) => peerVersion(name) !== undefined);
}

/** Geometric mean of a peer's times over ours, over the forward and backward passes of the kernel list that the peer can run. */
function meanRatio(rows: readonly ResultRow[], peer: string): [string, number][] {
  const ratios = rows.flatMap(({ contender, workload, figures }) =>
    contender === peer && workload.endsWith('/forward+backward') && figures?.ratio ? [figures.ratio] : [],
  );
  const name = `geometric mean of ${peer} over ours, ${ratios.length} operations forward+backward`;
  return ratios.length > 0 ? [[name, geometricMean(ratios)]] : [];
}

/** All contenders compile and are checked; then they are timed in turn, so that changes of clock rate or load affect all of them. */
async function measure(
  contenders: readonly Contender[],
  workload: Workload,
  { repeats, limitSeconds }: { readonly repeats: number; readonly limitSeconds: number },
): Promise<ResultRow[]> {
  const step = workload.kind === 'step';
  const checks = step ? CHECKED_STEPS : 1;
  const runs: Run[] = [];
  let tensors: Tensors | undefined;
  let check: readonly Float32Array[] = [];
  for (const contender of contenders) {
    // Memory held from earlier workloads would hide the memory of this one.
    if (step) contender.close();
    const run: Run = { contender, milliseconds: [], alive: true };
    runs.push(run);
    await attempt(run, async () => {
      const first = await contender.prepare(workload, { tensors, checks, wantTensors: tensors === undefined });
      run.firstMilliseconds = first.firstMilliseconds;
      if (first.tensors) {
        tensors = step ? weightsByEdge(workload.network, first.tensors) : first.tensors;
        check = first.check;
      } else run.remark = disagreement(first.check, check);
    });
    if (!tensors) throw new Error(`peers: ${workload.name}: the engine failed: ${run.remark}`);
  }
  for (let round = 0; round < repeats; round++)
    for (const run of runs)
      await attempt(run, async () => {
        const spent = run.milliseconds.reduce((sum, value) => sum + value, 0);
        if (round > 0 && spent > 1000 * limitSeconds) return;
        run.milliseconds.push(...(await run.contender.time()));
      });
  for (const run of runs)
    await attempt(run, async () => {
      run.figures = await run.contender.figures();
      await run.contender.dispose();
    });
  return runs.map((run) => rowOf(workload, run, runs[0]));
}

interface Run {
  readonly contender: Contender;
  readonly milliseconds: number[];
  firstMilliseconds?: number;
  figures?: Record<string, number>;
  remark?: string;
  /** False once it failed. */
  alive: boolean;
}

async function attempt(run: Run, action: () => Promise<void>): Promise<void> {
  if (!run.alive) return;
  try {
    await action();
  } catch (error) {
    run.alive = false;
    run.remark = [run.remark, (error as Error).message.split('\n')[0]].filter(Boolean).join('; ');
  }
}

function rowOf(
  workload: Workload,
  { contender, milliseconds, firstMilliseconds, figures, remark }: Run,
  ours: Run,
): ResultRow {
  if (milliseconds.length === 0) return { workload: workload.name, contender: contender.name, remark };
  const time = summarize(milliseconds);
  const step = workload.kind === 'step';
  const flops = step ? stepFlops(workload) : workOf(workload).flops;
  return {
    workload: workload.name,
    contender: contender.name,
    time,
    figures: {
      ...(firstMilliseconds !== undefined && { firstMilliseconds }),
      gflops: flops / time.median / 1e6,
      ratio: time.median / summarize(ours.milliseconds).median,
      ...(figures?.deviceBytes !== undefined && { deviceBytes: figures.deviceBytes }),
      ...(step && figures && { residentBytes: figures.residentBytes }),
    },
    remark,
  };
}
