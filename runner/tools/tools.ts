import type { Gpu } from '../../src/engine/device/index.js';
import type { VariantTable } from '../../src/engine/graph/index.js';
import type { TuningStore } from '../../src/engine/tuner/index.js';
import type { Space } from '../../src/nas/spaces/index.js';
import type { ExecutorOptions, Executors } from '../../src/nas/transfer/index.js';
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
