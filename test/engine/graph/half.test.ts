import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BufferUsage } from '../../../src/engine/device/usage.js';
import { fromHalf, toHalf } from '../../../src/engine/graph/half.js';
import { readBuffer } from '../../../src/engine/kernels/readBack.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Results of the device's unpack2x16float for all 65536 patterns of 16 bits. */
async function unpackedByDevice(): Promise<Float32Array> {
  const { device, queue } = engine.gpu;
  const code = `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { y[id.x] = unpack2x16float(id.x).x; }`;
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const buffer = device.createBuffer({ size: 4 * 65536, usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer } }];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1024);
  pass.end();
  queue.submit([encoder.finish()]);
  const result = new Float32Array(await readBuffer(engine.gpu, buffer, 0, buffer.size));
  buffer.destroy();
  return result;
}

describe('numbers of 16 bits', () => {
  it('decode as on the device', async () => {
    const theirs = await unpackedByDevice();
    const differ = Array.from(theirs.keys()).filter((bits) => !Object.is(fromHalf(bits), theirs[bits]));
    expect(differ).toEqual([]);
  });

  it('are encoded back to the same bits', () => {
    const differ = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => {
      const value = fromHalf(bits);
      return Number.isNaN(value) ? !Number.isNaN(fromHalf(toHalf(value))) : toHalf(value) !== bits;
    });
    expect(differ).toEqual([]);
  });

  it('are the nearest ones, the even one of two', () => {
    const magnitude = fc.double({ min: 0, max: 65504, noNaN: true });
    fc.assert(
      fc.property(magnitude, (value) => {
        const bits = toHalf(value);
        const difference = Math.abs(fromHalf(bits) - value);
        for (const neighbour of [bits - 1, bits + 1].filter((other) => other >= 0 && other < 0x7c00)) {
          const theirs = Math.abs(fromHalf(neighbour) - value);
          expect(difference < theirs || (difference === theirs && bits % 2 === 0)).toBe(true);
        }
        expect(toHalf(-value)).toBe(bits + 0x8000);
      }),
    );
    const between = Array.from({ length: 0x7bff }, (_, bits) => bits).filter(
      (bits) => toHalf((fromHalf(bits) + fromHalf(bits + 1)) / 2) !== bits + (bits % 2),
    );
    expect(between).toEqual([]);
  });

  it('are infinite from halfway past the largest on', () => {
    expect(fromHalf(toHalf(65519.99))).toBe(65504);
    expect(fromHalf(toHalf(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(fromHalf(toHalf(Number.NEGATIVE_INFINITY))).toBe(Number.NEGATIVE_INFINITY);
  });
});
