import { describe, expect, it } from 'vitest';
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js';
import type { Dispatch } from '../../../src/engine/kernels/lowering.js';
import { shaderOf } from '../../../src/engine/kernels/shader.js';
import { shaderSources } from '../../../src/engine/kernels/shaderSources.js';
import { racesOfDispatch, smallestCalls } from '../support/dispatchRaces.js';
import { MEASURING_SHADERS } from '../support/measuringShaders.js';

// Every specialisation: shaders.long.test.ts.
const calls = smallestCalls(({ kernel }) => kernel);

describe('every shader', () => {
  it('is reached by a sample of some operation, unless it only measures and has a test of its own', () => {
    const reached = new Set([...calls.keys(), ...MEASURING_SHADERS]);
    expect(Object.keys(shaderSources).filter((name) => !reached.has(name))).toEqual([]);
  });

  it.each(Object.keys(shaderSources))(
    'declares the bindings and the Params that the runtime reads off it: %s',
    (name) => {
      const shader = shaderOf(name);
      const reflection = new WgslReflect(shader.source);
      const bound = [...reflection.uniforms, ...reflection.storage].map((variable) => ({
        name: variable.name,
        binding: variable.binding,
        kind: variable.resourceType === 0 ? 'uniform' : variable.access === 'read_write' ? 'write' : 'read',
      }));
      expect([...shader.bindings].sort((a, b) => a.binding - b.binding)).toEqual(
        bound.sort((a, b) => a.binding - b.binding),
      );
      const params = reflection.structs.find((struct) => struct.name === 'Params');
      expect(shader.uniforms.map((field, i) => ({ name: field.name, offset: i * 4, type: field.type }))).toEqual(
        (params?.members ?? []).map((member) => ({ name: member.name, offset: member.offset, type: member.type.name })),
      );
      expect(shader.bindings.filter((binding) => binding.kind !== 'uniform').length).toBeLessThanOrEqual(8);
    },
  );

  it.each([...calls.keys()])('has no data race at its smallest call: %s', (key) => {
    const { races, errors } = racesOfDispatch(calls.get(key) as Dispatch);
    expect(errors).toEqual([]);
    expect(races.slice(0, 3)).toEqual([]);
  });

  it('would be found to have a data race without one of its barriers', () => {
    const { races } = racesOfDispatch(calls.get('conv/conv2dWeightGradientTiled') as Dispatch, (source) =>
      source.replace('workgroupBarrier();', ''),
    );
    expect(races[0]).toMatch(/of (xTiles|dyTiles): a read of/);
  });
});
