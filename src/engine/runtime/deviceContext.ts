import type { Gpu } from '../device/gpu.js';
import type { Timeline } from '../graph/timeline.js';
import type { VariableSet } from '../graph/variables.js';
import type { Pipelines } from '../kernels/pipelines.js';

/** What a program on a device needs of the engine that compiles it. */
export interface DeviceContext {
  readonly gpu: Gpu;
  readonly pipelines: Pipelines;
  /** Records the phases of compiling and running. */
  readonly timeline?: Timeline;
  /** @throws {DisposedError | OwnershipError} when the set has no buffer on this device */
  bufferOf(set: VariableSet): GPUBuffer;
}
