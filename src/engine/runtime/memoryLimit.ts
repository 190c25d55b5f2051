import { MemoryLimitError } from '../errors/errors.js';
import type { Engine } from './engine.js';

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/**
 * Throws MemoryLimitError unless `bytes` more fit beside what the engine holds, and the largest single buffer into one
 * binding of the device.
 * @param limit bytes for everything together; undefined: the device's own memory decides
 * @param what names the largest buffer
 */
export function checkMemory(
  engine: Engine,
  operation: string,
  bytes: number,
  largest: number,
  limit: number | undefined,
  what = 'it',
): void {
  const { maxBufferSize, maxStorageBufferBindingSize } = engine.gpu.limits;
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  if (largest > most)
    throw new MemoryLimitError(
      `${operation}: ${what} takes ${megabytes(largest)}, the device binds at most ${megabytes(most)}; make the batch, the channels or the image smaller`,
    );
  const held = engine.memoryBytes;
  if (limit !== undefined && bytes + held > limit)
    throw new MemoryLimitError(
      `${operation}: takes ${megabytes(bytes)} beside ${megabytes(held)} already in use, the limit is ${megabytes(limit)}; make the batch or the channels smaller, or dispose of programs and variables not needed`,
    );
}
