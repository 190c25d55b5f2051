import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/engine/graph/graph.js';
import { relu } from '../../../src/engine/ops/relu.js';
import { scale } from '../../../src/engine/ops/scale.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** As many dispatches, in pairs. */
function chain(graph: Graph, dispatches: number): void {
  let x = graph.feed('x', [4]);
  for (let i = 0; i < dispatches / 2; i++) x = relu(scale(x, i % 2 === 0 ? 2 : 0.5));
  graph.output('y', x);
}

/** Time for native objects to go after those that stood for them. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

// A process that keeps the bind groups of programs disposed of ends with a segmentation fault on lavapipe, after 65530.
describe('bind groups of a program disposed of', () => {
  it('are reached by nothing, even where the program is still held', async () => {
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
    const program = await engine.compile((graph) => chain(graph, 20));
    Reflect.deleteProperty(device, 'createBindGroup');
    program.run({ x: [1, -1, 2, 3] });
    await engine.gpu.idle();
    const living = async () => {
      await turn();
      engine.gpu.collectGarbage?.();
      await turn();
      return made.filter((reference) => reference.deref()).length;
    };
    expect(await living()).toBe(20);
    program.dispose();
    expect(await living()).toBe(0);
    expect(program.dispatchCount).toBe(20);
  });

  it('are collected once there are many', async () => {
    let collections = 0;
    const gpu = Object.create(engine.gpu, {
      device: { get: () => engine.gpu.device },
      queue: { get: () => engine.gpu.queue },
      check: { value: () => engine.gpu.check() },
      guard: { value: <T>(promise: Promise<T>) => engine.gpu.guard(promise) },
      collectGarbage: { value: () => collections++ },
    });
    const watched = new Engine(gpu);
    for (const expected of [0, 0, 1, 1, 1, 2]) {
      const program = await watched.compile((graph) => chain(graph, 4000));
      program.dispose();
      expect(collections).toBe(expected);
    }
  });
});
