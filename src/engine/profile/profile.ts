import type { Gpu } from '../device/gpu.js';
import type { BatchTiming } from './batchTimer.js';
import { timeByBatches } from './profileBatches.js';
import { dispatchCosts } from './profileCosts.js';
import type { Profiled } from './profiled.js';
import { hasFineTimestamps, timeByTimestamps } from './profileTimestamps.js';

/** Time of one dispatch on the device. */
export interface KernelTime {
  /** "operation: kernel". */
  readonly label: string;
  readonly operation: string;
  readonly kernel: string;
  /** Workgroups in x, y and z. */
  readonly grid: readonly [number, number, number];
  /** From the start of the first dispatch; by batches, the sum of the times before. */
  readonly startNanoseconds: number;
  readonly nanoseconds: number;
  readonly multiplyAdds: number;
  /** Least bytes read and written. */
  readonly bytes: number;
}

/** Host time of one run, in milliseconds: filling the command buffer, and handing it to the queue. */
export interface HostTimes {
  readonly encode: number;
  readonly submit: number;
}

export interface Profile {
  /** What timed the device: its own timestamps, or the host's clock around batches of repetitions. */
  readonly clock: 'timestamps' | 'batches';
  /** In the order they ran. */
  readonly kernels: readonly KernelTime[];
  /** performance.now() when the first dispatch was handed to the queue. */
  readonly startMilliseconds: number;
}

export interface ProfileOptions {
  /** Absent: timestamps where the device has them and does not round them, or else batches. */
  readonly clock?: Profile['clock'];
  /** How batches are timed. */
  readonly batches?: BatchTiming;
}

/** Runs all dispatches once, in order, each timed on the device. */
export async function profileDispatches(gpu: Gpu, profiled: Profiled, options: ProfileOptions = {}): Promise<Profile> {
  const clock = options.clock ?? ((await hasFineTimestamps(gpu)) ? 'timestamps' : 'batches');
  await gpu.idle();
  const startMilliseconds = performance.now();
  const intervals =
    clock === 'timestamps'
      ? await timeByTimestamps(gpu, profiled.commands)
      : await timeByBatches(gpu, profiled, options.batches);
  const costs = dispatchCosts(profiled.dispatches);
  const kernels = profiled.dispatches.map(({ node, call }, index): KernelTime => {
    const operation = node.operation.name;
    const { kernel, grid } = call;
    return { label: `${operation}: ${kernel}`, operation, kernel, grid, ...intervals[index], ...costs[index] };
  });
  return { clock, kernels, startMilliseconds };
}
