import type { Gpu } from '../src/engine/device/gpu.js';
import type { TuningStore } from '../src/engine/runtime/tuner/saved.js';
import type { Space } from '../src/nas/spaces/space.js';
import type { ExecutorOptions } from '../src/nas/transfer/executors.js';
import type { Executors } from '../src/nas/transfer/study.js';

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
};

let explained = false;

/** Dawn writes two warnings of its own for lavapipe, which no option of it leaves out: says once what they mean. */
function explainWarnings({ info }: Gpu): void {
  if (explained || info.kind !== 'lavapipe') return;
  explained = true;
  process.stderr.write('(Dawn’s two warnings above are of no consequence: no kernel uses dynamic offsets.)\n');
}
