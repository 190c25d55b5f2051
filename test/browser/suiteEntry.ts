/** Runs the kernel suite and a short training in the browser. */
import { open } from '../../src/engine/device/browser.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { runSuite } from './suite.js';

async function run() {
  const gpu = await open();
  const engine = new Engine(gpu);
  const result = await runSuite(engine);
  engine.dispose();
  gpu.dispose();
  return result;
}

window.result = run();
