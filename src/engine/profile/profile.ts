import type { Gpu } from '../device/gpu.js';
import type { BatchTiming } from './batchTimer.js';
import { timeByBatches } from './profileBatches.js';
import { dispatchCosts } from './profileCosts.js';
import type { Profiled } from './profiled.js';
import { hasFineTimestamps, timeByTimestamps } from './profileTimestamps.js';

/** Time, work and memory traffic of one dispatch on the device. */
export interface KernelTime {
  /** "operation: kernel". */
  readonly label: string;
  readonly operation: string;
  readonly kernel: string;
  /** Workgroups in x, y and z. */
  readonly grid: readonly [number, number, number];
  /** From the start of the first dispatch; by batches, the sum of the times of the dispatches before. */
  readonly startNanoseconds: number;
  readonly nanoseconds: number;
  readonly multiplyAdds: number;
  /** Bytes read and written at least: every input and output once. */
  readonly bytes: number;
}

/** Host time of one run, in milliseconds. */
export interface HostTimes {
  /** Writing the feeds and encoding the commands. */
  readonly encode: number;
  /** Submitting the command buffer to the queue. */
  readonly submit: number;
}

/** Times of all dispatches of one run. */
export interface Profile {
  /** What timed the device: its own timestamps, or the host's clock around batches of repetitions. */
  readonly clock: 'timestamps' | 'batches';
  /** In the order of execution. */
  readonly kernels: readonly KernelTime[];
  /** `performance.now()` when the first dispatch was submitted. */
  readonly startMilliseconds: number;
}

/** Options of `Program.profile`. */
export interface ProfileOptions {
  /** Default: timestamps where the device has them and does not round them, otherwise batches. */
  readonly clock?: Profile['clock'];
  /** How batches are timed. */
  readonly batches?: BatchTiming;
  /** Aborts profiling between two dispatches. Variables that the dispatches before have updated stay updated. */
  readonly signal?: AbortSignal;
}

/**
 * Runs all dispatches once, in order, and times each on the device.
 * @throws {NasTransferError} when `options.clock` is 'timestamps' and the device has none
 * @throws {GpuError | DeviceLostError | DisposedError} when the device fails or has been disposed of
 * @throws the reason of `options.signal` when it is aborted
 */
export async function profileDispatches(gpu: Gpu, profiled: Profiled, options: ProfileOptions = {}): Promise<Profile> {
  const { signal } = options;
  signal?.throwIfAborted();
  const clock = options.clock ?? ((await hasFineTimestamps(gpu)) ? 'timestamps' : 'batches');
  await gpu.idle();
  const startMilliseconds = performance.now();
  const intervals =
    clock === 'timestamps'
      ? await timeByTimestamps(gpu, profiled.commands, signal)
      : await timeByBatches(gpu, profiled, options.batches, signal);
  const costs = dispatchCosts(profiled.dispatches);
  const kernels = profiled.dispatches.map(({ node, call }, index): KernelTime => {
    const operation = node.operation.name;
    const { kernel, grid } = call;
    return { label: `${operation}: ${kernel}`, operation, kernel, grid, ...intervals[index], ...costs[index] };
  });
  return { clock, kernels, startMilliseconds };
}
