import type { Compiler } from '../../../engine/runtime/compiler.js';

/** Steps submitted before the host waits for the device: enough to keep it busy, few enough for progress and an abort to be prompt. */
export const STEPS_AHEAD = {
  /** Steps of a network or of one path of a supernet. */
  network: 8,
  /** Steps of bilevel search, which have two updates of a whole supernet. */
  bilevel: 4,
  /** Steps of small models that predict accuracies. */
  predictor: 16,
} as const;

/** The first steps of a training, after each of which the host waits: they show early how long a step takes. */
const AWAITED = 2;

export interface RunStepsOptions {
  readonly engine: Pick<Compiler, 'idle'>;
  /** Steps submitted before waiting; see `STEPS_AHEAD`. */
  readonly ahead: number;
  /** Steps of the training that were done before; absent: the first steps are not waited for one by one. */
  readonly before?: number;
  /** Checked before every step. */
  readonly signal?: AbortSignal;
  /** Called after every wait with the number of steps done. */
  onWait?(done: number): void;
}

/**
 * Submits steps one after the other and waits for the device at intervals, so that its queue stays short.
 * @param steps one element a step, taken when the step is due
 * @param submit submits one step; `index` counts from 0
 * @throws the reason of `signal` when it is aborted; steps submitted before are still done
 */
export async function runSteps<T>(
  steps: Iterable<T>,
  { engine, ahead, before, signal, onWait }: RunStepsOptions,
  submit: (step: T, index: number) => void | Promise<void>,
): Promise<void> {
  let index = 0;
  for (const step of steps) {
    signal?.throwIfAborted();
    await submit(step, index);
    index++;
    if (index % ahead === 0 || (before !== undefined && before + index <= AWAITED)) {
      await engine.idle();
      onWait?.(index);
    }
  }
}
