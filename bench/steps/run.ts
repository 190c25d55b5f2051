// Times operations and training steps, ours and other frameworks' in turn on one adapter.
// npx tsx bench/steps/run.ts [--peers tfjs,jaxjs] [--only part-of-a-name] [--repeats 3] [--limit seconds] [--json]
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { open } from '../../src/engine/device/node/index.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { type Measurement, median } from './contender.js';
import { measure } from './ours.js';
import { PEERS, Peer, type PeerName, peerVersion } from './peer.js';
import { workloads } from './workloads.js';

/** Steps whose loss is compared: the second is after an update by the gradients. */
const CHECKED_STEPS = 2;
/** Largest relative difference in what is compared; frameworks sum in other orders. */
const TOLERANCE = 1e-3;

interface Row {
  readonly workload: string;
  readonly contender: string;
  readonly medianMilliseconds?: number;
  readonly minimumMilliseconds?: number;
  readonly firstMilliseconds?: number;
  /** Load average of the last minute when it was done: above what the run itself causes, others took its time. */
  readonly load: number;
  /** Times longer than ours, by medians. */
  readonly ratio?: number;
  /** What doesn't agree with the engine, or why there is no time. */
  readonly remark?: string;
}

const { values: options } = parseArgs({
  options: {
    peers: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    repeats: { type: 'string', default: '3' },
    limit: { type: 'string', default: '240' },
    json: { type: 'boolean' },
  },
});
const repeats = Number(options.repeats);
const chosen = workloads.filter(({ name }) => options.only.split(',').some((part) => name.includes(part)));
const names = options.peers.split(',').filter(Boolean) as PeerName[];
for (const name of names) {
  if (!(name in PEERS)) throw new Error(`--peers: got ${name}, wanted ${Object.keys(PEERS).join(', ')}`);
  if (!peerVersion(name)) throw new Error(`--peers: ${name} is not installed; run npm ci --prefix bench/peers`);
}

const gpu = await open();
const engine = new Engine(gpu);
const peers = names.map((name) => new Peer(name, gpu.info, Number(options.limit)));
const rows: Row[] = [];
if (!options.json) {
  console.log(`${gpu.info.name}, ${gpu.info.driver}, ${availableParallelism()} cores; milliseconds`);
  console.log(
    'workload                                      contender   median      min    first ms  load  times ours',
  );
}
try {
  for (const workload of chosen) {
    const checks = workload.kind === 'operation' ? 1 : CHECKED_STEPS;
    const { tensors, ...ours } = await measure(engine, workload, repeats, checks);
    report(rowOf(workload.name, 'nastransfer', ours));
    for (const peer of peers)
      try {
        const theirs = await peer.measure(workload, tensors, repeats, checks);
        report(rowOf(workload.name, peer.name, theirs, ours));
      } catch (error) {
        report({ workload: workload.name, contender: peer.name, load: load(), remark: (error as Error).message });
      }
  }
  if (options.json) console.log(JSON.stringify({ adapter: gpu.info, versions: versions(), repeats, rows }, null, 2));
} finally {
  for (const peer of peers) peer.close();
  engine.dispose();
  gpu.dispose();
}

function rowOf(workload: string, contender: string, measured: Measurement, ours?: Measurement): Row {
  const { milliseconds, firstMilliseconds, check } = measured;
  return {
    workload,
    contender,
    medianMilliseconds: median(milliseconds),
    minimumMilliseconds: Math.min(...milliseconds),
    firstMilliseconds,
    load: load(),
    ...(ours && { ratio: median(milliseconds) / median(ours.milliseconds), remark: disagreement(check, ours.check) }),
  };
}

function load(): number {
  return loadavg()[0];
}

/** In words, where numbers that should be equal are not. */
function disagreement(theirs: readonly number[], ours: readonly number[]): string | undefined {
  const apart = ours.findIndex((value, i) => !(Math.abs(theirs[i] - value) <= TOLERANCE * Math.abs(value)));
  if (apart < 0) return undefined;
  return `check ${apart} is ${theirs[apart]?.toPrecision(6)}, ours ${ours[apart].toPrecision(6)}`;
}

function report(row: Row): void {
  rows.push(row);
  if (options.json) return;
  const number = (value: number | undefined, width: number, digits = 1) =>
    (value === undefined ? '' : value.toFixed(digits)).padStart(width);
  console.log(
    [
      row.workload.padEnd(45),
      row.contender.padEnd(11),
      number(row.medianMilliseconds, 7),
      number(row.minimumMilliseconds, 8),
      number(row.firstMilliseconds, 11, 0),
      number(row.load, 5),
      number(row.ratio, 11),
      row.remark ? `  ${row.remark}` : '',
    ].join(' '),
  );
}

function versions(): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, peerVersion(name)]));
}
