import type { Optimizer } from '../../../engine/optim/optimizer.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import { batchesPerEpoch, shuffledBatches } from './batches.js';
import { InterruptedTrainingError } from './errors.js';
import type { Metrics } from './metrics.js';
import { runSteps } from './runSteps.js';

export interface TrainingLoopOptions {
  readonly engine: Pick<Compiler, 'idle'>;
  /** Images of the training split. */
  readonly count: number;
  readonly batch: number;
  readonly seed: number;
  /** Name of the random numbers that order the images. */
  readonly purpose: string;
  /** Steps submitted before waiting; see `STEPS_AHEAD`. */
  readonly ahead: number;
  /** Its learning rate is in the records. */
  readonly optimizer: Optimizer;
  /** Sums over an epoch's steps. */
  readonly metrics: Metrics;
  /** Aborts between two steps. */
  readonly signal?: AbortSignal;
}

/** One optimiser step. */
export interface TrainingStep {
  /** Images of the batch. */
  readonly indices: Uint32Array;
  /** From 0, in its epoch. */
  readonly index: number;
  /** From 0, over the whole training. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
}

/** Called at intervals during an epoch with its steps done and its steps in all. */
export type OnStep = (done: number, total: number) => void;

/** The epochs of a training: shuffled batches, one submit or more a step, sums read back once an epoch. */
export class TrainingLoop {
  /** Steps of an epoch; images beyond the last whole batch are dropped. */
  readonly steps: number;
  private done = 0;
  private interrupted = false;

  constructor(private readonly options: TrainingLoopOptions) {
    this.steps = batchesPerEpoch(options.count, options.batch);
  }

  /** Epochs done. */
  get epochsDone(): number {
    return this.done;
  }

  /**
   * Trains one epoch.
   * @param submit submits one step
   * @param finish called after the last step; its fields are added to the record
   * @throws the reason of the signal when it is aborted; the weights are then between two epochs, and only `restore` or `dispose`
   *   may follow
   * @throws {InterruptedTrainingError} when an earlier epoch failed
   */
  async epoch(
    submit: (step: TrainingStep) => void | Promise<void>,
    onStep?: OnStep,
    finish?: () => Promise<Partial<EpochRecord>>,
  ): Promise<EpochRecord> {
    const { engine, count, batch, seed, purpose, ahead, optimizer, metrics, signal } = this.options;
    this.requireWhole('epoch');
    signal?.throwIfAborted();
    const epoch = this.done;
    const before = epoch * this.steps;
    const onWait = (done: number) => onStep?.(done, this.steps);
    this.interrupted = true;
    await runSteps(
      shuffledBatches(count, batch, seed, purpose, epoch),
      { engine, ahead, before, signal, onWait },
      (indices, index) => submit({ indices, index, step: before + index, epoch }),
    );
    const { loss, correct } = await metrics.take();
    const more = await finish?.();
    this.done++;
    this.interrupted = false;
    return {
      epoch: epoch + 1,
      learningRate: optimizer.learningRate(before),
      trainLoss: loss / this.steps,
      trainAccuracy: correct / (this.steps * batch),
      ...more,
    };
  }

  /** @throws {InterruptedTrainingError} when an epoch failed or was aborted, so that weights are not those between two epochs */
  requireWhole(operation: string): void {
    if (this.interrupted)
      throw new InterruptedTrainingError(
        `training: ${operation}() during or after an unfinished epoch, wanted a state between two epochs; restore() an earlier state`,
      );
  }

  /** Continues after `epochsDone` epochs, also when an epoch was interrupted. */
  restore(epochsDone: number): void {
    this.options.metrics.reset();
    this.done = epochsDone;
    this.interrupted = false;
  }
}
