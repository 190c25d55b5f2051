// The mixed operation of relaxed cells compared with single operations: for a node, and for whole supernets.
import { open } from '../../src/engine/device/node/index.js';
import { logicalSize } from '../../src/engine/graph/types.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { unfusedDarts } from '../../test/nas/spaces/unfusedDarts.js';
import { unfusedSupernet } from '../../test/nas/spaces/unfusedSupernet.js';
import { dartsPieces, elementsOf, nasbench201Pieces } from '../../test/nas/spaces/unstack.js';
import { parseOptions, pick } from '../harness/options.js';
import type { Prepared } from '../harness/prepared.js';
import { timeRuns } from '../harness/timing.js';
import { type NodeWorkload, prepareFused, prepareOpByOp } from '../mixed/node.js';
import { describeEnvironment, environmentOf } from '../report/environment.js';
import { publish } from '../report/publish.js';
import type { ResultRow } from '../report/results.js';
import { summarize } from '../report/statistics.js';
import { type Column, megabytes, number, percent, textTable } from '../report/table.js';
import { networkOf, type StepNetwork } from '../steps/networks.js';
import { prepareStep } from '../steps/program.js';
import { STEPS, type StepWorkload } from '../steps/workloads.js';

interface Workload {
  readonly name: string;
  fused(engine: Engine): Promise<Prepared>;
  opByOp(engine: Engine): Promise<Prepared>;
}

const nodes: readonly NodeWorkload[] = [
  { name: 'node_n16_c8_32_e4', batch: 16, size: 32, channels: 8, edges: 4 },
  { name: 'node_n16_c16_16_e4', batch: 16, size: 16, channels: 16, edges: 4 },
  { name: 'node_n16_c32_8_e2', batch: 16, size: 8, channels: 32, edges: 2 },
];

/** The supernets whose steps are timed, except the largest. */
const supernets = ['nb201_supernet_c8n1_16_b32/bilevel', 'darts_c8_l4_b16/together', 'darts_c8_l4_b16/bilevel'];

const workloads: readonly Workload[] = [
  ...nodes.map((node) => ({
    name: node.name,
    fused: (engine: Engine) => prepareFused(engine, node),
    opByOp: (engine: Engine) => prepareOpByOp(engine, node),
  })),
  ...STEPS.filter(({ name }) => supernets.includes(name)).map((step) => ({
    name: step.name,
    fused: (engine: Engine) => prepareStep(engine, step),
    opByOp: (engine: Engine) => prepareUnfused(engine, step),
  })),
];

const columns: readonly Column<ResultRow>[] = [
  { head: 'workload', align: 'left', least: 34, cell: ({ workload }) => workload },
  { head: 'as', align: 'left', least: 8, cell: ({ contender }) => contender },
  { head: 'median ms', cell: ({ time }) => number(time?.median) },
  { head: 'minimum', cell: ({ time }) => number(time?.minimum) },
  { head: 'peak MB', cell: ({ figures }) => megabytes(figures?.programBytes) },
  { head: 'dispatches', cell: ({ figures }) => `${figures?.dispatches ?? ''}` },
  { head: 'GB moved', cell: ({ figures }) => number((figures?.bytesMoved ?? 0) / 1e9) },
  { head: 'times as fast', cell: ({ figures }) => number(figures?.speedup) },
  { head: 'peak', cell: ({ figures }) => percent(figures?.memoryShare) },
  { head: 'dispatches', cell: ({ figures }) => percent(figures?.dispatchShare) },
  { head: 'remark', align: 'left', cell: ({ remark }) => remark ?? '' },
];

/** Rounds, in which both versions are timed in turn. */
const ROUNDS = 3;
const TOLERANCE = 1e-3;

export async function run(args: string[]): Promise<void> {
  const options = parseOptions(args, { repeats: 3 });
  const gpu = await open({ adapter: options.adapter });
  const engine = new Engine(gpu);
  const environment = environmentOf(gpu.info);
  console.log(describeEnvironment(environment));
  const rows: ResultRow[] = [];
  try {
    for (const workload of pick(workloads, options.only)) {
      const pair = await compare(engine, workload, options.repeats);
      rows.push(...pair);
      const table = textTable(columns, pair);
      console.log(table.slice(rows.length === pair.length ? 0 : 1).join('\n'));
    }
  } finally {
    engine.dispose();
    gpu.dispose();
  }
  publish({ command: 'mixed', environment, rows }, { ...options, columns });
}

/** Times both versions in turn in one process, after comparing their results. */
async function compare(engine: Engine, workload: Workload, repeats: number): Promise<ResultRow[]> {
  const sides = [await workload.fused(engine), await workload.opByOp(engine)];
  const remark = await disagreement(engine, sides);
  const milliseconds: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, side] of sides.entries()) milliseconds[i].push(...(await timeRuns(engine, side, repeats)));
  const [fused, opByOp] = sides.map(({ program }, i) => ({
    time: summarize(milliseconds[i]),
    figures: {
      programBytes: program.memoryBytes,
      dispatches: program.dispatchCount,
      bytesMoved: program.cost.bytes,
    },
  }));
  for (const side of sides) side.dispose();
  const ratios = {
    speedup: opByOp.time.median / fused.time.median,
    memoryShare: fused.figures.programBytes / opByOp.figures.programBytes,
    dispatchShare: fused.figures.dispatches / opByOp.figures.dispatches,
  };
  return [
    { workload: workload.name, contender: 'fused', ...fused, figures: { ...fused.figures, ...ratios }, remark },
    { workload: workload.name, contender: 'op by op', ...opByOp },
  ];
}

/** Describes the difference of the results; undefined where they agree. */
async function disagreement(engine: Engine, sides: readonly Prepared[]): Promise<string | undefined> {
  const sums: number[][] = [];
  for (const { program, feeds, outputs } of sides) {
    program.run(feeds(0));
    await engine.gpu.idle();
    const values = await Promise.all(outputs.map((name) => program.read(name)));
    sums.push(values.map((data) => Array.from(data).reduce((sum, value) => sum + Math.abs(value), 0)));
  }
  const apart = sums[0].findIndex((value, i) => !(Math.abs(sums[1][i] - value) <= TOLERANCE * Math.abs(value)));
  if (apart < 0) return undefined;
  return `${sides[0].outputs[apart]}: ${sums[0][apart].toPrecision(6)} against ${sums[1][apart].toPrecision(6)}`;
}

/** A step of the supernet built from single operations, with the initial weights of the stacked one. */
async function prepareUnfused(engine: Engine, workload: StepWorkload): Promise<Prepared> {
  const options = { affine: false, batchNorm: 'batch' } as const;
  const isDarts = workload.network === 'dartsSupernet';
  const network: StepNetwork = (isDarts ? unfusedDarts : unfusedSupernet)(workload, options);
  const pieces = (isDarts ? dartsPieces : nasbench201Pieces)(workload);
  const stacked = networkOf(workload);
  engine.allocate(stacked.weights, 1);
  const initial = new Map<string, ArrayLike<number>>();
  for (const variable of stacked.weights.variables) initial.set(variable.name, await engine.read(variable));
  engine.release(stacked.weights);
  const prepared = await prepareStep(engine, workload, network);
  for (const variable of network.weights.variables) {
    const piece = pieces.get(variable.name);
    const data = initial.get(piece?.stacked ?? variable.name) as ArrayLike<number>;
    const own = piece ? elementsOf(piece, data) : data;
    if (own.length !== logicalSize(variable.type)) throw new Error(`bench mixed: no weights for ${variable.name}`);
    engine.write(variable, own);
  }
  return prepared;
}
