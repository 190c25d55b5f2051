import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AdapterSummary } from '../../src/engine/device/adapter.js';
import type { Measurement, Tensors } from './contender.js';
import { ALPHA_ADAM, LEARNING_RATE, MOMENTUM, type Workload } from './workloads.js';

export const PEERS = { tfjs: '@tensorflow/tfjs-backend-webgpu', jaxjs: '@jax-js/jax' } as const;
export type PeerName = keyof typeof PEERS;

const optimizers = { learningRate: LEARNING_RATE, momentum: MOMENTUM, adam: ALPHA_ADAM };
const folder = new URL('../peers/', import.meta.url);

/** A framework in a process of its own, on the adapter that the engine has: its memory and its crashes are its own. */
export class Peer {
  private child: ChildProcess | undefined;

  constructor(
    readonly name: PeerName,
    private readonly adapter: AdapterSummary,
    /** A workload that takes longer is given up. */
    private readonly limitSeconds: number,
  ) {}

  /** @throws Error with what the peer said, or that it took too long; the next call starts it anew */
  async measure(workload: Workload, tensors: Tensors, repeats: number, checks: number): Promise<Measurement> {
    if (!this.child) {
      this.child = fork(fileURLToPath(new URL('worker.mjs', folder)), [this.name], {
        execArgv: ['--import', 'tsx'],
        serialization: 'advanced',
        // What drivers and frameworks print would spoil a result on standard output.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      await this.ask({ adapter: this.adapter });
    }
    return (await this.ask({ workload: { ...workload, optimizers }, tensors, repeats, checks })) as Measurement;
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private ask(message: object): Promise<unknown> {
    const { child } = this;
    if (!child) throw new Error(`${this.name}: not running`);
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void, alive: boolean) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (!alive) this.close();
        settle();
      };
      const fail = (reason: string, alive: boolean) => finish(() => reject(new Error(reason)), alive);
      const timer = setTimeout(() => fail(`no result in ${this.limitSeconds} s`, false), 1000 * this.limitSeconds);
      child.once('message', (answer: { result?: unknown; error?: string }) =>
        answer.error === undefined ? finish(() => resolve(answer.result), true) : fail(answer.error, true),
      );
      child.once('exit', (code, signal) => fail(`process ended (${signal ?? code})`, false));
      child.send(message);
    });
  }
}

/** Version of a peer, undefined where it isn't installed. */
export function peerVersion(name: PeerName): string | undefined {
  try {
    const { resolve } = createRequire(new URL('package.json', folder));
    const entry = resolve(PEERS[name]);
    const root = entry.slice(0, entry.lastIndexOf(PEERS[name]) + PEERS[name].length);
    return createRequire(import.meta.url)(`${root}/package.json`).version as string;
  } catch {
    return undefined;
  }
}
