import type { Gpu } from '../device/gpu.js';

const COPY_DST_MAP_READ = 0x08 | 0x01; // GPUBufferUsage COPY_DST | MAP_READ
const MAP_READ = 0x01; // GPUMapMode.READ

/** Copies bytes of a buffer to the host; work submitted later does not wait for it. */
export async function readBuffer(gpu: Gpu, buffer: GPUBuffer, offset: number, size: number): Promise<ArrayBuffer> {
  gpu.check();
  const staging = gpu.device.createBuffer({ size, usage: COPY_DST_MAP_READ });
  try {
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
    gpu.queue.submit([encoder.finish()]);
    await gpu.guard(staging.mapAsync(MAP_READ));
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}
