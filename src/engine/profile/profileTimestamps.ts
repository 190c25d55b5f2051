import type { Gpu } from '../device/gpu.js';
import { BufferUsage, MapMode } from '../device/usage.js';
import { NasTransferError } from '../errors/errors.js';
import type { Command } from '../kernels/command.js';
import type { Interval } from './profiled.js';

/** Timestamps of one query set; more dispatches take several submits. */
const QUERIES = 2048;

/** Steps to which browsers round timestamps against tracking: Dawn's mask of the low 16 bits, and 0.1 ms. */
const COARSE_STEPS = [65_536n, 100_000n];

/** Timestamps of a probe: enough that not all of them lie on a step by chance. */
const PROBES = 16;

/** Whether all timestamps lie on the steps of a rounded clock, which is too coarse for kernels. */
export function areCoarse(stamps: readonly bigint[]): boolean {
  return COARSE_STEPS.some((step) => stamps.every((stamp) => stamp % step === 0n));
}

/** Whether the device has timestamps that are not rounded. */
export async function hasFineTimestamps(gpu: Gpu): Promise<boolean> {
  return gpu.timestamps && !areCoarse([...(await readStamps(gpu, new Array<undefined>(PROBES / 2).fill(undefined)))]);
}

/**
 * Runs the commands in order, each in a pass of its own with a timestamp before and after.
 * @throws {NasTransferError} when the device has no timestamps
 * @throws the reason of `signal` when it is aborted
 */
export async function timeByTimestamps(
  gpu: Gpu,
  commands: readonly Command[],
  signal?: AbortSignal,
): Promise<Interval[]> {
  if (!gpu.timestamps)
    throw new NasTransferError(
      "profile: clock 'timestamps' needs the feature timestamp-query, which this device does not have; use clock 'batches'",
    );
  const stamps: bigint[] = [];
  for (let start = 0; start < commands.length; start += QUERIES / 2) {
    signal?.throwIfAborted();
    stamps.push(...(await readStamps(gpu, commands.slice(start, start + QUERIES / 2))));
  }
  return commands.map((_, index) => ({
    startNanoseconds: Number(stamps[index * 2] - stamps[0]),
    nanoseconds: Number(stamps[index * 2 + 1] - stamps[index * 2]),
  }));
}

/** Start and end of each command, in nanoseconds of the device's clock; for undefined, of an empty pass. */
async function readStamps(gpu: Gpu, commands: readonly (Command | undefined)[]): Promise<BigUint64Array> {
  const { device, queue } = gpu;
  const size = commands.length * 16;
  const owned: { destroy(): void }[] = [];
  const own = <T extends { destroy(): void }>(resource: T): T => {
    owned.push(resource);
    return resource;
  };
  try {
    const querySet = own(device.createQuerySet({ type: 'timestamp', count: commands.length * 2 }));
    const resolved = own(device.createBuffer({ size, usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC }));
    const staging = own(device.createBuffer({ size, usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ }));
    const encoder = device.createCommandEncoder();
    commands.forEach((command, index) => {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: index * 2, endOfPassWriteIndex: index * 2 + 1 },
      });
      if (command) {
        pass.setPipeline(command.pipeline);
        pass.setBindGroup(0, command.bindGroup);
        pass.dispatchWorkgroups(command.grid[0], command.grid[1], command.grid[2]);
      }
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, commands.length * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    queue.submit([encoder.finish()]);
    await gpu.guard(staging.mapAsync(MapMode.READ));
    return new BigUint64Array(staging.getMappedRange().slice(0));
  } finally {
    for (const resource of owned) resource.destroy();
  }
}
