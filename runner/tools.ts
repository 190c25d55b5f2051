import type { Gpu } from '../src/engine/device/gpu.js';
import type { ImageSet } from '../src/nas/data/imageSet.js';
import type { Space } from '../src/nas/spaces/space.js';
import type { Executors } from '../src/nas/transfer/study.js';

/** What executors need besides a device: the image sets that tasks name. */
export interface ExecutorOptions {
  imageSet(name: string): Promise<ImageSet>;
}

/** What commands work with. Everything heavy is loaded when it is first needed. */
export interface Tools {
  openGpu(adapter: string | undefined): Promise<Gpu>;
  createExecutors(gpu: Gpu, space: Space, options: ExecutorOptions): Promise<Pick<Executors, 'search' | 'train'>>;
}

export const tools: Tools = {
  async openGpu(adapter) {
    const { open } = await import('../src/engine/device/node/index.js');
    return open({ adapter });
  },
  async createExecutors(gpu, space, options) {
    const { createExecutors } = await import('./execute.js');
    return createExecutors(gpu, space, options);
  },
};
