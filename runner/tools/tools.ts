import type { Gpu } from '../../src/engine/device/gpu.js';
import type { VariantTable } from '../../src/engine/graph/kernelTarget.js';
import type { TuningStore } from '../../src/engine/tuner/saved.js';
import type { Space } from '../../src/nas/spaces/shared/space.js';
import type { ExecutorOptions } from '../../src/nas/transfer/executors.js';
import type { Executors } from '../../src/nas/transfer/study.js';
import type { StepTimer } from './stepTimer.js';

/** What commands work with. Everything heavy is loaded when it is first needed. */
export interface Tools {
  openGpu(adapter: string | undefined): Promise<Gpu>;
  /** Where `tune` keeps what it measured. */
  openTunings(): Promise<TuningStore>;
  createExecutors(
    gpu: Gpu,
    space: Space,
    options: ExecutorOptions,
  ): Promise<Pick<Executors, 'search' | 'train' | 'stepTime'>>;
  stepTimer(gpu: Gpu, options: { readonly variants?: VariantTable }): Promise<StepTimer>;
}
