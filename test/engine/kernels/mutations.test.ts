import { describe, expect, it } from 'vitest';
import { shaderSources } from '../../../src/engine/kernels/shaderSources.js';
import { MEASURING_SHADERS } from '../support/measuringShaders.js';
import { mutations } from './mutations.js';

// Whether the kernel suite catches them: mutations.long.test.ts.
describe('a single-character break of a shader', () => {
  it('is on the list for every shader of an operation', () => {
    // Those that only measure are broken in the test of ceilings.
    const broken = new Set([...mutations.map(({ shader }) => shader), ...MEASURING_SHADERS]);
    expect(Object.keys(shaderSources).filter((shader) => !broken.has(shader))).toEqual([]);
  });

  it('has one place in its shader, and changes one character there', () => {
    for (const { shader, context, broken } of mutations) {
      expect(shaderSources[shader].split(context), `${shader}: ${context}`).toHaveLength(2);
      expect(broken).toHaveLength(context.length);
      expect([...context].filter((character, i) => character !== broken[i])).toHaveLength(1);
    }
  });
});
