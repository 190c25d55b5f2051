import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AdapterSummary } from '../../src/engine/device/adapter.js';
import type { Tensors } from '../harness/prepared.js';
import type { OperationWorkload } from '../kernels/workloads.js';
import { ALPHA_ADAM, LEARNING_RATE, MOMENTUM, type StepWorkload } from '../steps/workloads.js';

export type ContenderName = 'nastransfer' | 'tfjs' | 'jaxjs';

/** What a contender tells of the workload it has just compiled and run. */
export interface FirstRun {
  /** Results to compare: an operation's output and gradients, or the losses of a step's first runs. */
  readonly check: readonly Float32Array[];
  /** Milliseconds until the first result: tracing, shader compilation and one run. */
  readonly firstMilliseconds: number;
  /** What the workload started from, where it was asked for. */
  readonly tensors?: Tensors;
}

export interface ContenderOptions {
  /** A request that takes longer is given up, and the process with it. */
  readonly limitSeconds: number;
  /** Added to the environment, as the folder that a driver keeps compiled shaders in. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs that are timed at once at most. */
const MOST_RUNS = 20;
/** Milliseconds that runs timed at once should last. */
const TIMED_AT_ONCE = 100;

const optimizers = { learningRate: LEARNING_RATE, momentum: MOMENTUM, adam: ALPHA_ADAM };

/** A contender in a process of its own, all on one adapter: its memory and its crashes are its own. */
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
   * @param tensors what it starts from; the engine's own where absent, which are then told
   * @param checks runs whose results are kept
   * @throws Error with what the process said, or that it took too long; the next call starts it anew
   */
  async prepare(
    workload: OperationWorkload | StepWorkload,
    { tensors, checks, wantTensors = false }: { tensors?: Tensors; checks: number; wantTensors?: boolean },
  ): Promise<FirstRun> {
    if (!this.child) {
      this.child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [this.name], {
        execArgv: ['--import', 'tsx'],
        serialization: 'advanced',
        // What drivers and frameworks print would spoil a table.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: { ...process.env, ...this.options.environment },
      });
      await this.ask('start', { adapter: this.adapter });
    }
    this.runsAtOnce = 1;
    return this.ask('prepare', { workload: { ...workload, optimizers }, tensors, checks, wantTensors });
  }

  /** Milliseconds of some runs, as many as last a tenth of a second by what the last ones took. */
  async time(): Promise<number[]> {
    const milliseconds: number[] = await this.ask('time', { runs: this.runsAtOnce });
    const shortest = Math.min(...milliseconds);
    this.runsAtOnce = Math.max(1, Math.min(MOST_RUNS, Math.ceil(TIMED_AT_ONCE / shortest)));
    return milliseconds;
  }

  /** Bytes that the process has taken since before the workload, and what else the contender tells. */
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
