import type { Gpu } from '../device/gpu.js';
import { BufferUsage, MapMode } from '../device/usage.js';

/**
 * Copies bytes of a buffer to the host, after all work submitted before.
 * @param offset first byte, a multiple of 4
 * @param size bytes, a multiple of 4
 * @throws {GpuError | DeviceLostError | DisposedError} when the device failed or has been disposed of
 */
export async function readBuffer(gpu: Gpu, buffer: GPUBuffer, offset: number, size: number): Promise<ArrayBuffer> {
  gpu.check();
  const staging = gpu.device.createBuffer({ size, usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ });
  try {
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
    gpu.queue.submit([encoder.finish()]);
    await gpu.guard(staging.mapAsync(MapMode.READ));
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}
