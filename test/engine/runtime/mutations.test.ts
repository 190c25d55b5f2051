import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEASURING_SHADERS } from '../../../src/engine/runtime/ceilings.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { shaderSources } from '../../../src/engine/runtime/shaderSources.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { runsHere, whatCatches } from '../support/mutation.js';
import { mutations } from './mutations.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('a single-character break of a shader', () => {
  it('is on the list for every shader of an operation', () => {
    // Those that only measure are broken in the test of ceilings.
    const broken = new Set([...mutations.map(({ shader }) => shader), ...MEASURING_SHADERS]);
    expect(Object.keys(shaderSources).filter((shader) => !broken.has(shader))).toEqual([]);
  });

  it.for(mutations)('is caught by the kernel suite: $shader "$broken"', async (mutation, context) => {
    const differences = [...mutation.context].filter((character, i) => character !== mutation.broken[i]);
    expect(differences).toHaveLength(1);
    expect(mutation.broken).toHaveLength(mutation.context.length);
    if (!runsHere(engine.gpu, mutation.shader)) {
      const why = `${mutation.shader} never runs on ${engine.gpu.info.name}: set NASTRANSFER_ADAPTER=lavapipe`;
      console.warn(`skipped: ${why}`);
      context.skip(why);
    }
    expect(await whatCatches(engine.gpu, mutation)).toBeTypeOf('string');
  });
});
