import type { Gpu } from '../../src/engine/device/index.js';
import type { Engine } from '../../src/engine/runtime/index.js';
import type { Tools } from '../tools/tools.js';

/** A device that is opened when it is first asked for. */
export interface LazyDevice {
  open(): Promise<{ readonly gpu: Gpu; readonly engine: Engine }>;
  close(): Promise<void>;
}

export function lazyDevice(tools: Tools, adapter: string | undefined): LazyDevice {
  let opened: ReturnType<LazyDevice['open']> | undefined;
  const open = async () => {
    const { Engine } = await import('../../src/engine/runtime/index.js');
    const gpu = await tools.openGpu(adapter);
    return { gpu, engine: new Engine(gpu) };
  };
  return {
    open: () => (opened ??= open()),
    close: async () => (await opened)?.gpu.dispose(),
  };
}
