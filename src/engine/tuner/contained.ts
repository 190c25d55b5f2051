import type { Gpu } from '../device/gpu.js';
import { NasTransferError } from '../errors/errors.js';

const FILTERS = ['validation', 'internal', 'out-of-memory'] as const;

/**
 * Does something that may fail on the device without the device counting as failed from then on.
 * @returns what it gives, or what went wrong
 * @throws DeviceLostError, and whatever is no error of ours
 */
export async function contained<T>(gpu: Gpu, work: () => Promise<T>): Promise<{ value: T } | { failure: string }> {
  const { device } = gpu;
  for (const filter of FILTERS) device.pushErrorScope(filter);
  let outcome: { value: T } | { failure: string };
  try {
    outcome = { value: await work() };
  } catch (error) {
    if (!(error instanceof NasTransferError)) throw error;
    outcome = { failure: error.message };
  } finally {
    const errors = await Promise.all(FILTERS.map(() => gpu.guard(device.popErrorScope())));
    for (const error of errors) if (error) outcome = { failure: error.message };
  }
  gpu.check();
  return outcome!;
}
