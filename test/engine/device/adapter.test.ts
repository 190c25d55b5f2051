import { describe, expect, test } from 'vitest';
import { REQUIRED_LIMITS, summarizeAdapter } from '../../../src/engine/device/adapter.js';
import { openGpu } from '../../../src/engine/device/gpu.js';
import { AdapterError } from '../../../src/engine/errors/errors.js';

const info = (fields: Partial<GPUAdapterInfo>): GPUAdapterInfo =>
  ({
    vendor: '',
    architecture: '',
    device: '',
    description: '',
    isFallbackAdapter: false,
    ...fields,
  }) as GPUAdapterInfo;

/** A WebGPU implementation with one adapter that provides no device and records the requests. */
function fakeGpu(adapter: { info: GPUAdapterInfo; limits?: object; features?: string[] } | null) {
  const requests: GPUDeviceDescriptor[] = [];
  const gpu = {
    requestAdapter: async () =>
      adapter && {
        info: adapter.info,
        limits: { ...REQUIRED_LIMITS, ...adapter.limits },
        features: new Set(adapter.features),
        requestDevice: async (request: GPUDeviceDescriptor) => {
          requests.push(request);
          throw new Error('the fake has no device');
        },
      },
  } as unknown as GPU;
  return { gpu, requests };
}

describe('the kind of an adapter', () => {
  test.each([
    ['lavapipe', info({ device: 'llvmpipe-llvm-15-0-6-256-bits-', description: 'llvmpipe: Mesa 25.0.7' })],
    ['swiftshader', info({ vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true })],
    ['other-software', info({ description: 'Microsoft Basic Render Driver' })],
    ['other-software', info({ vendor: 'someone', isFallbackAdapter: true })],
    ['hardware', info({ vendor: 'nvidia', architecture: 'ampere', device: 'nvidia-geforce-rtx-3060' })],
    ['hardware', info({ vendor: 'apple', architecture: 'metal-3' })],
  ])('is %s for %o', (kind, adapterInfo) => {
    expect(summarizeAdapter(adapterInfo).kind).toBe(kind);
  });

  test('goes with the most telling name there is', () => {
    expect(summarizeAdapter(info({ device: 'llvmpipe-256-bits-' })).name).toBe('llvmpipe-256-bits');
    expect(summarizeAdapter(info({ vendor: 'apple', architecture: 'metal-3' })).name).toBe('apple metal-3');
  });
});

describe('openGpu', () => {
  test.each([
    ['device', info({ device: 'null-backend' })],
    ['vendor', info({ vendor: 'null' })],
    ['description', info({ description: 'Null backend' })],
  ])('refuses an adapter that is Null by its %s', async (_field, adapterInfo) => {
    const opening = openGpu(fakeGpu({ info: adapterInfo }).gpu);
    await expect(opening).rejects.toThrow(AdapterError);
    await expect(opening).rejects.toThrow(/Null adapter/);
  });

  test('does not take another name that begins with these letters for a Null adapter', async () => {
    await expect(openGpu(fakeGpu({ info: info({ device: 'nullarbor-gpu' }) }).gpu)).rejects.toThrow(/has no device/);
  });

  test('refuses an implementation without adapters', async () => {
    await expect(openGpu(fakeGpu(null).gpu)).rejects.toThrow(AdapterError);
  });

  test('names each missing limit with what was got and what was wanted', async () => {
    const limits = { maxStorageBuffersPerShaderStage: 4, maxComputeInvocationsPerWorkgroup: 128 };
    const { gpu, requests } = fakeGpu({ info: info({ device: 'small-gpu' }), limits });
    const opening = openGpu(gpu);
    await expect(opening).rejects.toThrow(AdapterError);
    await expect(opening).rejects.toThrow(
      "adapter 'small-gpu' lacks required limits (maxStorageBuffersPerShaderStage: got 4, wanted at least 8; " +
        'maxComputeInvocationsPerWorkgroup: got 128, wanted at least 256)',
    );
    expect(requests).toEqual([]);
  });

  test('asks for the required limits, the largest buffers on offer, and the known features on offer', async () => {
    const { gpu, requests } = fakeGpu({
      info: info({ device: 'big-gpu' }),
      limits: { maxBufferSize: 2 ** 33, maxStorageBufferBindingSize: 2 ** 32, maxStorageBuffersPerShaderStage: 16 },
      features: ['subgroups', 'timestamp-query', 'texture-compression-bc'],
    });
    await expect(openGpu(gpu)).rejects.toThrow("adapter 'big-gpu' provided no device: the fake has no device");
    expect(requests).toEqual([
      {
        requiredLimits: { ...REQUIRED_LIMITS, maxBufferSize: 2 ** 33, maxStorageBufferBindingSize: 2 ** 32 },
        requiredFeatures: ['timestamp-query', 'subgroups'],
      },
    ]);
  });
});
