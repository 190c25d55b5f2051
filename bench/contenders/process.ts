import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AdapterSummary } from '../../src/engine/device/adapter.js';
import type { Tensors } from '../harness/prepared.js';
import type { OperationWorkload } from '../kernels/workloads.js';
import { ALPHA_ADAM, LEARNING_RATE, MOMENTUM, type StepWorkload } from '../steps/workloads.js';

export type ContenderName = 'nastransfer' | 'tfjs' | 'jaxjs';

/** Results of compiling a workload and running it once. */
export interface FirstRun {
  /** Results to compare: an operation's output and gradients, or the losses of a step's first runs. */
  readonly check: readonly Float32Array[];
  /** Milliseconds until the first result: tracing, shader compilation and one run. */
  readonly firstMilliseconds: number;
  /** Initial values of the workload, if requested. */
  readonly tensors?: Tensors;
}

export interface ContenderOptions {
  /** After this time a request fails and its process is killed. */
  readonly limitSeconds: number;
  /** Added to the environment, such as the shader cache folder of a driver. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Largest number of runs per timing request. */
const MOST_RUNS = 20;
/** Milliseconds that a timing request should last. */
const TIMED_AT_ONCE = 100;

const optimizers = { learningRate: LEARNING_RATE, momentum: MOMENTUM, adam: ALPHA_ADAM };

/** A contender in its own process, so that memory and crashes are separate. All use the same adapter. */
export class Contender {
  private child: ChildProcess | undefined;
  private runsAtOnce = 1;

  constructor(
    readonly name: ContenderName,
    private readonly adapter: AdapterSummary,
    private readonly options: ContenderOptions,
  ) {}

  /**
   * Compiles a workload and runs it.
   * @param tensors initial values; if absent, the engine's own, which are then returned
   * @param checks number of runs whose results are returned
   * @throws {Error} with the process's message, or on a timeout; the next call starts a new process
   */
  async prepare(
    workload: OperationWorkload | StepWorkload,
    { tensors, checks, wantTensors = false }: { tensors?: Tensors; checks: number; wantTensors?: boolean },
  ): Promise<FirstRun> {
    if (!this.child) {
      this.child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [this.name], {
        execArgv: ['--import', 'tsx'],
        serialization: 'advanced',
        // Output of drivers and frameworks would mix with the tables.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: { ...process.env, ...this.options.environment },
      });
      await this.ask('start', { adapter: this.adapter });
    }
    this.runsAtOnce = 1;
    return this.ask('prepare', { workload: { ...workload, optimizers }, tensors, checks, wantTensors });
  }

  /** Milliseconds of several runs: as many as take about a tenth of a second, estimated from the previous ones. */
  async time(): Promise<number[]> {
    const milliseconds: number[] = await this.ask('time', { runs: this.runsAtOnce });
    const shortest = Math.min(...milliseconds);
    this.runsAtOnce = Math.max(1, Math.min(MOST_RUNS, Math.ceil(TIMED_AT_ONCE / shortest)));
    return milliseconds;
  }

  /** Growth of the process's memory since before the workload, and further figures of the contender. */
  figures(): Promise<Record<string, number>> {
    return this.ask('figures', {});
  }

  async dispose(): Promise<void> {
    if (this.child) await this.ask('dispose', {});
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private ask<Result>(request: string, content: object): Promise<Result> {
    const { child } = this;
    if (!child) throw new Error(`${this.name}: not running`);
    const { limitSeconds } = this.options;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void, alive: boolean) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (!alive) this.close();
        settle();
      };
      const fail = (reason: string, alive: boolean) => finish(() => reject(new Error(reason)), alive);
      const timer = setTimeout(() => fail(`no result in ${limitSeconds} s`, false), 1000 * limitSeconds);
      child.once('message', (answer: { result?: unknown; error?: string }) =>
        answer.error === undefined ? finish(() => resolve(answer.result as Result), true) : fail(answer.error, true),
      );
      child.once('exit', (code, signal) => fail(`process ended (${signal ?? code})`, false));
      child.send({ request, ...content });
    });
  }
}
