import type { Gpu } from '../device/gpu.js';
import { BufferUsage, MapMode } from '../device/usage.js';
import { NasTransferError } from '../errors.js';
import type { Interval } from './profile.js';
import type { Command } from './program.js';

/** Timestamps of one query set; more dispatches take several submits. */
const QUERIES = 2048;

/** Runs the commands in order, each in a pass of its own with a timestamp before and after. */
export async function timeByTimestamps(gpu: Gpu, commands: readonly Command[]): Promise<Interval[]> {
  if (!gpu.timestamps)
    throw new NasTransferError(
      "profile: clock 'timestamps' takes the feature timestamp-query, which this device does not have; take clock 'batches'",
    );
  const stamps: bigint[] = [];
  for (let start = 0; start < commands.length; start += QUERIES / 2)
    stamps.push(...(await stampSome(gpu, commands.slice(start, start + QUERIES / 2))));
  return commands.map((_, index) => ({
    startNanoseconds: Number(stamps[index * 2] - stamps[0]),
    nanoseconds: Number(stamps[index * 2 + 1] - stamps[index * 2]),
  }));
}

/** Start and end of each command, in nanoseconds of the device's clock. */
async function stampSome(gpu: Gpu, commands: readonly Command[]): Promise<BigUint64Array> {
  const { device, queue } = gpu;
  const querySet = device.createQuerySet({ type: 'timestamp', count: commands.length * 2 });
  const size = commands.length * 16;
  const resolved = device.createBuffer({ size, usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size, usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ });
  try {
    const encoder = device.createCommandEncoder();
    commands.forEach(({ pipeline, bindGroup, grid }, index) => {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: index * 2, endOfPassWriteIndex: index * 2 + 1 },
      });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, commands.length * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    queue.submit([encoder.finish()]);
    await gpu.guard(staging.mapAsync(MapMode.READ));
    return new BigUint64Array(staging.getMappedRange().slice(0));
  } finally {
    for (const buffer of [resolved, staging]) buffer.destroy();
    querySet.destroy();
  }
}
