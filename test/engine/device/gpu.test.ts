import { afterEach, describe, expect, test } from 'vitest';
import { REQUIRED_LIMITS } from '../../../src/engine/device/adapter.js';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { open } from '../../../src/engine/device/node/index.js';
import { BufferUsage, MapMode, ShaderStage } from '../../../src/engine/device/usage.js';
import { DeviceLostError, DisposedError, GpuError } from '../../../src/engine/errors/errors.js';
import { double } from './double.js';

const opened: Gpu[] = [];

async function openForTest(): Promise<Gpu> {
  const gpu = await open();
  opened.push(gpu);
  return gpu;
}

afterEach(() => {
  for (const gpu of opened.splice(0)) gpu.dispose();
});

/** A use of WebGPU that its specification forbids: MAP_READ goes with COPY_DST only. */
const misuse = (gpu: Gpu) => gpu.device.createBuffer({ size: 16, usage: BufferUsage.MAP_READ | BufferUsage.STORAGE });

describe('an open device', () => {
  test('runs a shader', async () => {
    expect(await double(await openForTest(), [1, 2.5, -3])).toEqual([2, 5, -6]);
  });

  test('has the required limits, and the flags say which features it has', async () => {
    const gpu = await openForTest();
    for (const [name, wanted] of Object.entries(REQUIRED_LIMITS)) {
      expect(gpu.limits[name as keyof typeof gpu.limits], name).toBeGreaterThanOrEqual(wanted);
    }
    expect(gpu.limits.maxBufferSize).toBe(gpu.device.limits.maxBufferSize);
    expect(gpu.subgroups).toBe(gpu.device.features.has('subgroups'));
    expect(gpu.timestamps).toBe(gpu.device.features.has('timestamp-query'));
  });

  test('takes the numbers of the flags that browsers have as globals', async () => {
    const { globals } = (await import('webgpu')) as unknown as { globals: Record<string, Record<string, number>> };
    for (const [name, flags] of Object.entries({ BufferUsage, MapMode, ShaderStage })) {
      for (const [flag, value] of Object.entries(flags)) {
        expect(globals[`GPU${name}`][flag], `${name}.${flag}`).toBe(value);
      }
    }
  });

  test('gives a promise that settles first its own outcome', async () => {
    const gpu = await openForTest();
    expect(await gpu.guard(Promise.resolve(7))).toBe(7);
    await expect(gpu.guard(Promise.reject(new RangeError('its own')))).rejects.toThrow(RangeError);
  });
});

describe('an error that no scope caught', () => {
  test('is thrown by check() from then on, and rejects pending promises', async () => {
    const gpu = await openForTest();
    const waiting = gpu.guard(new Promise(() => {}));
    misuse(gpu);
    await expect(waiting).rejects.toThrow(GpuError);
    await expect(gpu.idle()).rejects.toThrow(/invalid use of WebGPU: .*usage/is);
    expect(() => gpu.check()).toThrow(GpuError);
    await expect(gpu.guard(Promise.resolve(1))).rejects.toThrow(GpuError);
  });

  test('leaves other devices alone', async () => {
    const [broken, whole] = [await openForTest(), await openForTest()];
    misuse(broken);
    await expect(broken.idle()).rejects.toThrow(GpuError);
    expect(await double(whole, [4])).toEqual([8]);
  });

  test('inside an error scope does not count', async () => {
    const gpu = await openForTest();
    gpu.device.pushErrorScope('validation');
    misuse(gpu);
    expect(await gpu.device.popErrorScope()).not.toBeNull();
    await gpu.idle();
  });

  test('is the first of several', async () => {
    const gpu = await openForTest();
    misuse(gpu);
    gpu.device.destroy();
    await gpu.device.lost;
    expect(() => gpu.check()).toThrow(GpuError);
  });
});

describe('a lost device', () => {
  test('rejects pending promises with a typed error', async () => {
    const gpu = await openForTest();
    const waiting = gpu.guard(new Promise(() => {}));
    gpu.device.destroy();
    await expect(waiting).rejects.toThrow(DeviceLostError);
    await expect(gpu.idle()).rejects.toThrow(DeviceLostError);
    expect(() => gpu.check()).toThrow(/lost.*checkpoint/);
  });
});

describe('dispose()', () => {
  test('may be called twice, and is no error of the device', async () => {
    const gpu = await openForTest();
    const { device } = gpu;
    gpu.dispose();
    gpu.dispose();
    expect((await device.lost).reason).toBe('destroyed');
    expect(gpu.disposed).toBe(true);
    expect(() => gpu.check()).toThrow(DisposedError);
  });

  test('makes every later use throw DisposedError', async () => {
    const gpu = await openForTest();
    gpu.dispose();
    expect(() => gpu.device).toThrow(DisposedError);
    expect(() => gpu.queue).toThrow(DisposedError);
    await expect(gpu.idle()).rejects.toThrow(DisposedError);
    await expect(gpu.guard(Promise.resolve(1))).rejects.toThrow(DisposedError);
  });

  test('rejects pending promises', async () => {
    const gpu = await openForTest();
    const waiting = gpu.guard(new Promise(() => {}));
    gpu.dispose();
    await expect(waiting).rejects.toThrow(DisposedError);
  });
});
