import type { Gpu } from '../src/engine/device/gpu.js';
import type { VariantTable } from '../src/engine/ops/variants.js';
import type { Engine } from '../src/engine/runtime/engine.js';
import type { TuningStore } from '../src/engine/runtime/tuner/saved.js';
import type { Space } from '../src/nas/spaces/space.js';
import type { ExecutorOptions } from '../src/nas/transfer/executors.js';
import type { Executors } from '../src/nas/transfer/study.js';
import type { SizeTimes } from './quickstart/planner.js';
import type { NetworkSize } from './quickstart/sizes.js';
import type { ImageSets } from './study/imageSets.js';

/** Times steps on a device. */
export interface StepTimer {
  /** The engine that it works with; none where nothing is really measured. */
  readonly engine?: Engine;
  measure(size: NetworkSize, sets: Pick<ImageSets, 'open'>): Promise<SizeTimes>;
}

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

export const tools: Tools = {
  async openGpu(adapter) {
    const { open } = await import('../src/engine/device/node/index.js');
    const gpu = await open({ adapter });
    explainWarnings(gpu);
    return gpu;
  },
  async openTunings() {
    const { tuningFiles } = await import('./tuningFiles.js');
    return tuningFiles();
  },
  async createExecutors(gpu, space, options) {
    const { createExecutors } = await import('../src/nas/transfer/executors.js');
    return createExecutors(gpu, space, options);
  },
  async stepTimer(gpu, options) {
    const { Engine } = await import('../src/engine/runtime/engine.js');
    const { measureSize } = await import('./quickstart/measure.js');
    const engine = new Engine(gpu, options);
    return { engine, measure: (size, sets) => measureSize(engine, size, sets) };
  },
};

let explained = false;

/** Dawn writes two warnings of its own for lavapipe, which no option of it leaves out: says once what they mean. */
function explainWarnings({ info }: Gpu): void {
  if (explained || info.kind !== 'lavapipe') return;
  explained = true;
  process.stderr.write('(Dawn’s two warnings above are of no consequence: no kernel uses dynamic offsets.)\n');
}
