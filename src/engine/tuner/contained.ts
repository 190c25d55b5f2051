import type { Gpu } from '../device/gpu.js';
import { NasTransferError } from '../errors/errors.js';

const FILTERS = ['validation', 'internal', 'out-of-memory'] as const;

/**
 * Does work whose errors on the device are caught in error scopes, so that they do not make the device unusable (`Gpu.check`).
 * @returns the result, or the message of the failure
 * @throws {DeviceLostError} when the device is lost
 * @throws any error that is not a NasTransferError
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
