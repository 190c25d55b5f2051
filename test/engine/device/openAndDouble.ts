/**
 * A program of its own for tests of processes: opens a device by the environment's choice, computes, prints a line of
 * JSON, and disposes of the device unless told --keep. With --drop it first opens devices and drops them with work
 * pending, collecting garbage in between (needs node --expose-gc).
 */
import { open } from '../../../src/engine/device/node/index.js';
import { BufferUsage } from '../../../src/engine/device/usage.js';
import { double } from './double.js';

async function dropOne(): Promise<void> {
  const gpu = await open();
  const { device, queue } = gpu;
  const buffer = device.createBuffer({ size: 1 << 22, usage: BufferUsage.COPY_DST });
  queue.writeBuffer(buffer, 0, new Uint8Array(1 << 22));
  queue.onSubmittedWorkDone();
  gpu.dispose();
}

try {
  for (let i = 0; process.argv[2] === '--drop' && i < 20; i++) {
    await dropOne();
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, i % 3));
  }
  const gpu = await open();
  console.log(JSON.stringify({ kind: gpu.info.kind, doubled: await double(gpu, [21]) }));
  if (process.argv[2] !== '--keep') gpu.dispose();
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code?: string }).code, message: (error as Error).message }));
}
