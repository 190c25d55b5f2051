import type { Gpu } from '../device/gpu.js';
import { BufferUsage, MapMode } from '../device/usage.js';

/** Copies bytes of a buffer to the host; work submitted later does not wait for it. */
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
