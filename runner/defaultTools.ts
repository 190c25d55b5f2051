import type { Gpu } from '../src/engine/device/index.js';
import type { Tools } from './tools/tools.js';

/** What the command line works with. */
export const tools: Tools = {
  async openGpu(adapter) {
    const { open } = await import('../src/engine/device/node/index.js');
    const gpu = await open({ adapter });
    explainWarnings(gpu);
    return gpu;
  },
  async openTunings() {
    const { tuningFiles } = await import('./tuning/tuningFiles.js');
    return tuningFiles();
  },
  async createExecutors(gpu, space, options) {
    const { createExecutors } = await import('../src/nas/transfer/index.js');
    return createExecutors(gpu, space, options);
  },
  async stepTimer(gpu, options) {
    const { Engine } = await import('../src/engine/runtime/index.js');
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
