// Long: the kernel suite catches a break of one character in every shader
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { runsHere, whatCatches } from '../support/mutation.js';
import { mutations } from './mutations.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('a single-character break of a shader', () => {
  it.for(mutations)('is caught by the kernel suite: $shader "$broken"', async (mutation, context) => {
    if (!runsHere(engine.gpu, mutation.shader)) {
      const why = `${mutation.shader} never runs on ${engine.gpu.info.name}: set NASTRANSFER_ADAPTER=lavapipe`;
      console.warn(`skipped: ${why}`);
      context.skip(why);
    }
    expect(await whatCatches(engine.gpu, mutation)).toBeTypeOf('string');
  });
});
