import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { type Mutation, whatCatches } from '../support/mutation.js';

const mutations: Mutation[] = [
  { shader: 'elementwise/relu', context: '> vec4f(0.0)', broken: '< vec4f(0.0)' },
  { shader: 'elementwise/relu', context: 'if (index >= params', broken: 'if (index <= params' },
  { shader: 'elementwise/weightedSum', context: 'if (COUNT > 2u)', broken: 'if (COUNT > 3u)' },
  { shader: 'elementwise/weightedSum', context: 'row * params.x3Stride', broken: 'row + params.x3Stride' },
];

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('a single-character break of a shader', () => {
  it.each(mutations)('is caught by the kernel suite: $shader "$broken"', async (mutation) => {
    const differences = [...mutation.context].filter((character, i) => character !== mutation.broken[i]);
    expect(differences).toHaveLength(1);
    expect(mutation.broken).toHaveLength(mutation.context.length);
    expect(await whatCatches(engine.gpu, mutation)).toBeTypeOf('string');
  });
});
