import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorReport } from '../../../runner/device/doctor.js';
import { ensureBuilt } from '../../package/built.js';
import { nastransfer, start } from './child.js';
import { dataFolder, tinyWork } from './support.js';

let data: string;
let folder: string;
beforeAll(async () => {
  await ensureBuilt();
  data = dataFolder();
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-device-'));
});
afterAll(() => {
  for (const path of [data, folder]) rmSync(path, { recursive: true, force: true });
});

// Every process compiles its kernels: seconds on lavapipe, more on SwiftShader.
describe('on the device', () => {
  it.each([
    ['random', []],
    ['regularized-evolution', ['--option', 'population=2', '--option', 'cycles=3']],
    ['darts', []],
  ])('equal searches with %s print equal bytes', async (method, options) => {
    const args = ['search', '--space', 'nasbench201', '--method', method, ...options, '--source', 'tiny', ...tinyWork];
    const more = ['--data-dir', data, '--seed', '3', '--json'];
    const first = await nastransfer([...args, ...more]);
    expect(first.code, first.err).toBe(0);
    const found = JSON.parse(first.out);
    expect(found).toMatchObject({ space: 'nasbench201', method, source: 'tiny', seed: 3, protocol: { epochs: 1 } });
    expect(found.epochs.length + found.evaluations.length).toBe({ random: 0, darts: 1 }[method] ?? 3);
    expect(first.out).not.toMatch(/seconds|"time/);
    const second = await nastransfer([...args, ...more, '--out', join(folder, method)]);
    expect(second.out).toBe(first.out);
    // A search already done in its folder prints the same again.
    const third = await nastransfer([...args, ...more, '--out', join(folder, method)]);
    expect(third.out).toBe(first.out);
  });

  it('a search without --json prints only the architecture, which train accepts', async () => {
    const search = await nastransfer([
      'search',
      '--method',
      'random',
      '--source',
      'tiny',
      '--data-dir',
      data,
      ...tinyWork,
    ]);
    expect(search.code, search.err).toBe(0);
    const architecture = search.out.trim();
    expect(architecture).toMatch(/^\|\S+\|$/);
    const train = [
      'train',
      '--architecture',
      architecture,
      '--target',
      'tiny',
      '--data-dir',
      data,
      ...tinyWork,
      '--json',
    ];
    const first = await nastransfer(train);
    expect(first.code, first.err).toBe(0);
    const trained = JSON.parse(first.out);
    expect(trained).toMatchObject({ architecture, seed: 0, epochs: [{ epoch: 1 }] });
    expect(trained.accuracy).toBeGreaterThanOrEqual(0);
    expect((await nastransfer(train)).out).toBe(first.out);
  });

  it('chosen settings are printed with the estimated time on this device, before the first minute is over', async () => {
    const train = [
      'train',
      '--architecture',
      '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|',
    ];
    const told = /^settings for 40 images of 8x8x1 on \S+: .* = 1,500 steps, .*, about \d+ (s|min); change with /m;
    const { err } = await start([...train, '--target', 'tiny', '--data-dir', data], {}, (text, kill) => {
      if (told.test(text)) kill();
    }).ended;
    expect(err).toMatch(told);
  });

  it('doctor reports adapter, driver, speeds and versions', async () => {
    const { code, out, err } = await nastransfer(['doctor', '--json']);
    expect(code, err).toBe(0);
    const report = JSON.parse(out) as DoctorReport;
    expect(report.adapter.name).toBeTruthy();
    expect(typeof report.driver).toBe('string');
    for (const key of ['gemmGflops', 'peakGflops', 'memoryGBs', 'dispatchMicroseconds'] as const)
      expect(report[key], key).toBeGreaterThan(0);
    expect(Object.keys(report.versions)).toEqual(expect.arrayContaining(['nastransfer', 'node', 'webgpu']));
  });

  it('an adapter that is not available ends with 1 and the error lists the available ones and what to install', async () => {
    for (const [args, env] of [
      [['--adapter', 'nosuchthing'], {}],
      [[], { NASTRANSFER_ADAPTER: 'nosuchthing' }],
    ] as const) {
      const { code, out, err } = await nastransfer(['doctor', ...args], { env: { ...process.env, ...env } });
      expect(out).toBe('');
      expect(err).toContain("no usable adapter for 'nosuchthing'. Adapters found: '");
      expect(err).toMatch(/install/i);
      expect(err).not.toMatch(/^ +at /m);
      expect(code).toBe(1);
    }
  });
});
