import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectRaces } from 'wgsl_reflect/wgsl_reflect.module.js';
import { BufferUsage } from '../../../src/engine/device/usage.js';
import { readBuffer } from '../../../src/engine/kernels/readBack.js';
import { encodeUniforms, shaderOf } from '../../../src/engine/kernels/shader.js';
import { shaderSources } from '../../../src/engine/kernels/shaderSources.js';
import { measureCeilings, OwnBuffers, preparedKernel } from '../../../src/engine/profile/ceilings.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { LiveBuffers } from '../support/liveBuffers.js';
import { MEASURING_SHADERS } from '../support/measuringShaders.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const GROUPS = 2;
// A factor near 1, so that the results still depend on the initial values.
const uniforms = { turns: 3, factor: 0.99, summand: 0.5 };

/** Results of measure/multiplyAdd on the device. */
async function computed(): Promise<Float32Array> {
  const size = GROUPS * 64 * 16;
  const y = engine.gpu.device.createBuffer({ size, usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC });
  const buffers = { y };
  const own = new OwnBuffers(engine.gpu);
  const measured = { kernel: 'measure/multiplyAdd', uniforms, buffers, grid: [GROUPS, 1, 1] } as const;
  (await preparedKernel(engine.gpu, own, measured))(1);
  const result = new Float32Array(await readBuffer(engine.gpu, y, 0, size));
  own.dispose();
  y.destroy();
  return result;
}

/** The same in float64: 16 multiply-adds an iteration on each of two chains. */
function expected(): number[] {
  const chain = (start: number) => {
    let x = start;
    for (let i = 0; i < 16 * uniforms.turns; i++) x = x * uniforms.factor + uniforms.summand;
    return x;
  };
  return Array.from({ length: GROUPS * 64 * 4 }, (_, i) => {
    const start = 0.001 * (Math.floor(i / 4) + (i % 4));
    return chain(start) + chain(start * 0.5);
  });
}

const largestError = (got: Float32Array) =>
  Math.max(...expected().map((value, i) => (Number.isFinite(got[i]) ? Math.abs(got[i] - value) : Infinity)));

describe('the shader that ceilings are measured with', () => {
  it('does as many multiply-adds as are counted', async () => {
    expect(largestError(await computed())).toBeLessThan(1e-4);
  });

  it.each([
    ['turn = 0u', 'turn = 2u'],
    ['* 0.001', '* 9.001'],
    ['y[id.x] = a + b', 'y[id.x] = a - b'],
    [
      '(b, factor, summand), factor, summand), factor, summand), factor, summand);',
      '(a, factor, summand), factor, summand), factor, summand), factor, summand);',
    ],
  ])('fails this test when one character is wrong: %s', async (right, wrong) => {
    const original = shaderSources['measure/multiplyAdd'];
    expect(original.split(right)).toHaveLength(2);
    shaderSources['measure/multiplyAdd'] = original.replace(right, wrong);
    try {
      expect(largestError(await computed())).toBeGreaterThan(1e-4);
    } finally {
      shaderSources['measure/multiplyAdd'] = original;
    }
  });

  it('has no data race', () => {
    const shader = shaderOf('measure/multiplyAdd');
    const buffers = {
      0: { 0: new Uint32Array(encodeUniforms(shader, uniforms).buffer), 1: new Uint32Array(GROUPS * 256) },
    };
    const { races, errors } = detectRaces(shader.source, 'main', [GROUPS, 1, 1], buffers);
    expect([races, errors]).toEqual([[], []]);
  });

  it('is all that lies in its folder', () => {
    expect(Object.keys(shaderSources).filter((name) => name.startsWith('measure/'))).toEqual(MEASURING_SHADERS);
  });
});

describe('ceilings', () => {
  it('are positive numbers of an adapter', async () => {
    const { gflops, gigabytesPerSecond } = await measureCeilings(engine.gpu);
    for (const figure of [gflops, gigabytesPerSecond]) {
      expect(figure).toBeGreaterThan(0);
      expect(Number.isFinite(figure)).toBe(true);
    }
  });

  it('are not measured to the end when the signal is aborted, and nothing stays allocated', async () => {
    const live = new LiveBuffers(engine.gpu);
    await expect(measureCeilings(live.gpu, { signal: AbortSignal.timeout(30) })).rejects.toThrow(/timeout/i);
    expect(live.labels).toEqual([]);
  });
});
