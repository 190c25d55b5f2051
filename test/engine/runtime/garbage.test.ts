import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('globalThis.gc');

// Bind groups are freed only by garbage collection, and lavapipe maps memory for each: Linux allows 65530 mappings a process.
it('the bind groups of a disposed program can be garbage collected, even while the program is referenced', async () => {
  const { device } = engine.gpu;
  const create = device.createBindGroup.bind(device);
  const made: WeakRef<GPUBindGroup>[] = [];
  Object.defineProperty(device, 'createBindGroup', {
    configurable: true,
    value: (descriptor: GPUBindGroupDescriptor) => {
      const group = create(descriptor);
      made.push(new WeakRef(group));
      return group;
    },
  });
  const program = await engine.compile((graph) => {
    let x = graph.feed('x', [4]);
    for (let i = 0; i < 10; i++) x = relu(scale(x, 2));
    graph.output('y', x);
  });
  Reflect.deleteProperty(device, 'createBindGroup');
  program.run({ x: [1, -1, 2, 3] });
  await engine.gpu.idle();
  const living = async () => {
    await setImmediate();
    collect();
    await setImmediate();
    return made.filter((reference) => reference.deref()).length;
  };
  expect(await living()).toBe(20);
  program.dispose();
  expect(await living()).toBe(0);
  expect(program.dispatchCount).toBe(20);
});
