import type { DeviceDescription } from '../device/description.js';
import { MemoryLimitError } from '../errors/errors.js';

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Memory that an operation is about to take. */
export interface MemoryDemand {
  /** The operation, for messages. */
  readonly operation: string;
  readonly bytes: number;
  /** Bytes of the largest single buffer. */
  readonly largest: number;
  /** What the largest buffer holds, for messages; default: "it". */
  readonly largestContents?: string;
}

/** Bytes of the largest buffer that a kernel can be bound to. */
export function largestBinding({ limits }: Pick<DeviceDescription, 'limits'>): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

/**
 * Checks that a demand fits beside the memory that is in use, and its largest buffer into one binding.
 * @param held bytes in use
 * @param limit bytes of everything together; undefined: no limit is known
 * @throws {MemoryLimitError} when it does not fit
 */
export function checkMemory(
  gpu: Pick<DeviceDescription, 'limits'>,
  { operation, bytes, largest, largestContents = 'it' }: MemoryDemand,
  held: number,
  limit: number | undefined,
): void {
  const most = largestBinding(gpu);
  if (largest > most)
    throw new MemoryLimitError(
      `${operation}: ${largestContents} takes ${megabytes(largest)}, the device binds at most ${megabytes(most)}; make the batch, the channels or the image smaller`,
    );
  if (limit !== undefined && bytes + held > limit)
    throw new MemoryLimitError(
      `${operation}: takes ${megabytes(bytes)} beside ${megabytes(held)} already in use, the limit is ${megabytes(limit)}; make the batch or the channels smaller, or dispose of programs and variables not needed`,
    );
}
