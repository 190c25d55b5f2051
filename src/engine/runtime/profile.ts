import type { Gpu } from '../device/gpu.js';
import { BufferUsage, MapMode } from '../device/usage.js';
import { NasTransferError } from '../errors.js';
import type { Command } from './program.js';

/** Time of one dispatch on the device. */
export interface KernelTime {
  /** "operation: kernel". */
  readonly label: string;
  readonly nanoseconds: number;
  readonly multiplyAdds: number;
  readonly bytes: number;
}

/** Timestamps of one query set; more dispatches take several submits. */
const QUERIES = 2048;

/** Runs the commands in order, each in a pass of its own with a timestamp before and after. */
export async function timeDispatches(gpu: Gpu, commands: readonly Command[]): Promise<KernelTime[]> {
  if (!gpu.features.has('timestamp-query'))
    throw new NasTransferError('profile: this adapter has no timestamp-query; time whole runs with gpu.idle() instead');
  const times: KernelTime[] = [];
  for (let start = 0; start < commands.length; start += QUERIES / 2)
    times.push(...(await timeSome(gpu, commands.slice(start, start + QUERIES / 2))));
  return times;
}

async function timeSome(gpu: Gpu, commands: readonly Command[]): Promise<KernelTime[]> {
  const { device, queue } = gpu;
  const querySet = device.createQuerySet({ type: 'timestamp', count: commands.length * 2 });
  const size = commands.length * 16;
  const resolved = device.createBuffer({ size, usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size, usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ });
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
  const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
  for (const buffer of [resolved, staging]) buffer.destroy();
  querySet.destroy();
  return commands.map(({ label, cost }, index) => ({
    label,
    nanoseconds: Number(stamps[index * 2 + 1] - stamps[index * 2]),
    multiplyAdds: cost.multiplyAdds,
    bytes: cost.bytes,
  }));
}
