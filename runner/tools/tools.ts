import type { Gpu } from '../../src/engine/device/index.js';
import type { VariantTable } from '../../src/engine/graph/index.js';
import type { TuningStore } from '../../src/engine/tuner/index.js';
import type { Space } from '../../src/nas/spaces/index.js';
import type { ExecutorOptions, Executors } from '../../src/nas/transfer/index.js';
import type { StepTimer } from './stepTimer.js';

/** Services of the commands. Heavy modules are loaded on first use. */
export interface Tools {
  openGpu(adapter: string | undefined): Promise<Gpu>;
  /** Where `tune` stores its measurements. */
  openTunings(): Promise<TuningStore>;
  createExecutors(
    gpu: Gpu,
    space: Space,
    options: ExecutorOptions,
  ): Promise<Pick<Executors, 'search' | 'train' | 'stepTime'>>;
  stepTimer(gpu: Gpu, options: { readonly variants?: VariantTable }): Promise<StepTimer>;
}
