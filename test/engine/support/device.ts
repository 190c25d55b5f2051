import { open } from '../../../src/engine/device/node/index.js';
import { Engine } from '../../../src/engine/runtime/engine.js';

/** Opens the device that the tests run on (chosen by NASTRANSFER_ADAPTER) and an engine on it. */
export async function openTestEngine(): Promise<Engine> {
  return new Engine(await open());
}

export function closeTestEngine(engine: Engine | undefined): void {
  engine?.dispose();
  engine?.gpu.dispose();
}
