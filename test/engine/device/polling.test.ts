import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { open } from '../../../src/engine/device/node/index.js';
import { pacePolling, pauseAfter } from '../../../src/engine/device/node/polling.js';
import { BufferUsage } from '../../../src/engine/device/usage.js';

describe('pauses between questions to the device', () => {
  test('there is none in a short wait, and a pause never lengthens a wait by more than a thirtieth', () => {
    for (const waited of [0, 0.1, 0.4]) expect(pauseAfter(waited)).toBe(0);
    for (const waited of [0.5, 1, 10, 100, 1000, 1e6]) {
      expect(pauseAfter(waited)).toBeGreaterThan(0);
      expect(pauseAfter(waited)).toBeLessThanOrEqual(waited / 30);
    }
    expect(pauseAfter(1e6)).toBe(pauseAfter(1e5));
  });
});

/** A class as the binding makes them: its method asks again by `setImmediate` until `turns` questions were asked. */
function bindingThatAsks(turns: number) {
  let asked = 0;
  class GPUQueue {
    onSubmittedWorkDone(): Promise<number> {
      return new Promise((resolve) => {
        // A bound function has the text of native code, as functions of the binding have.
        const poll = function (this: void) {
          asked++;
          if (asked < turns) setImmediate(poll);
          else resolve(asked);
        }.bind(undefined);
        setImmediate(poll);
      });
    }
  }
  return { GPUQueue };
}

describe('paced polling', () => {
  test('asks until the promise is settled, leaves setImmediate as it was, and is applied once', async () => {
    const before = globalThis.setImmediate;
    const classes = bindingThatAsks(20);
    pacePolling(classes);
    const method = classes.GPUQueue.prototype.onSubmittedWorkDone;
    pacePolling(classes);
    expect(classes.GPUQueue.prototype.onSubmittedWorkDone).toBe(method);
    const promise = new classes.GPUQueue().onSubmittedWorkDone();
    expect(globalThis.setImmediate).toBe(before);
    expect(await promise).toBe(20);
    expect(globalThis.setImmediate).toBe(before);
  });

  test('what a listener schedules inside the code of the binding runs as usual', async () => {
    let ran: unknown[] = [];
    class GPUQueue {
      onSubmittedWorkDone(): Promise<void> {
        const scheduled = setImmediate((...values: unknown[]) => (ran = values), 1, 2);
        expect(scheduled).toBeInstanceOf(Object);
        return Promise.resolve();
      }
    }
    pacePolling({ GPUQueue });
    await new GPUQueue().onSubmittedWorkDone();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual([1, 2]);
  });
});

describe('an open device', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await open();
  });
  afterAll(() => gpu.dispose());

  test('a long wait takes far fewer turns of the event loop than it would take polling, and timers run meanwhile', async () => {
    const code = `
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = values[id.x];
  for (var i = 0u; i < 20000u; i++) { sum = sum * 0.999 + 0.5; }
  values[id.x] = sum;
}`;
    const { device } = gpu;
    const pipeline = await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code }) },
    });
    const buffer = device.createBuffer({ size: 4 * 64, usage: BufferUsage.STORAGE });
    const layout = pipeline.getBindGroupLayout(0);
    const group = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
    /** Milliseconds, turns of the event loop and timers of one wait for that many dispatches. */
    const wait = async (dispatches: number) => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(1);
      pass.end();
      let turns = 0;
      let timers = 0;
      const timer = setInterval(() => timers++, 1);
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      const original = globalThis.setImmediate;
      globalThis.setImmediate = ((callback: () => void) => {
        turns++;
        return original(callback);
      }) as typeof original;
      try {
        await gpu.idle();
      } finally {
        globalThis.setImmediate = original;
        clearInterval(timer);
      }
      return { milliseconds: performance.now() - start, turns, timers };
    };
    let dispatches = 8;
    let seen = await wait(dispatches);
    while (seen.milliseconds < 60 && dispatches < 2 ** 17) seen = await wait((dispatches *= 2));
    expect(seen.milliseconds).toBeGreaterThanOrEqual(60);
    // The pauses grow with the wait: 32 ln(wait / 0.5 ms) turns after those of the first half millisecond. Polling takes some 25 a millisecond.
    expect(seen.turns).toBeLessThan(seen.milliseconds * 8);
    expect(seen.timers).toBeGreaterThan(0);
  });
});
