import type { Command } from '../kernels/command.js';
import type { Dispatch, Memory } from '../kernels/lowering.js';

/** Start and duration of a dispatch on the device. */
export interface Interval {
  readonly startNanoseconds: number;
  readonly nanoseconds: number;
}

/** What is profiled: a program's dispatches, the commands made of them in the same order, and the memory they are bound to. */
export interface Profiled {
  readonly commands: readonly Command[];
  readonly dispatches: readonly Dispatch[];
  resource(memory: Memory): GPUBufferBinding;
}
