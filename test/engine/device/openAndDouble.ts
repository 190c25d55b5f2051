/**
 * A program of its own for tests of processes: opens a device by the environment's choice, computes, prints a line of
 * JSON, and disposes of the device unless told not to.
 */
import { open } from '../../../src/engine/device/node/index.js';
import { double } from './double.js';

try {
  const gpu = await open();
  console.log(JSON.stringify({ kind: gpu.info.kind, doubled: await double(gpu, [21]) }));
  if (process.argv[2] !== '--keep') gpu.dispose();
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code?: string }).code, message: (error as Error).message }));
}
