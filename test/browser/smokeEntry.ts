/** Opens a device in the browser and doubles some numbers on it. */
import { open } from '../../src/engine/device/browser.js';
import { double } from '../engine/device/double.js';

async function run() {
  const gpu = await open();
  const doubled = await double(gpu, [1, -2.5, 3]);
  const { info, features, limits } = gpu;
  gpu.dispose();
  return { info, features: [...features], limits, doubled };
}

window.result = run();
