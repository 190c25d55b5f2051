import type { DeviceDescription } from '../device/description.js';

type Limits = DeviceDescription['limits'];

/** Bytes from the uniforms of one kernel call to those of the next in a program's uniform buffer. */
export function uniformStep({ minUniformBufferOffsetAlignment }: Limits): number {
  return Math.max(256, minUniformBufferOffsetAlignment);
}

/** Bytes of the uniform buffer for some different kernel calls. */
export function uniformBytes(limits: Limits, calls: number): number {
  return Math.max(1, calls) * uniformStep(limits);
}
