import { describe, expect, it } from 'vitest';
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js';
import { operations } from '../../../src/engine/ops/operations.js';
import { MEASURING_SHADERS } from '../../../src/engine/runtime/ceilings.js';
import type { Dispatch, Memory } from '../../../src/engine/runtime/lowering.js';
import { encodeUniforms, shaderOf, specialise } from '../../../src/engine/runtime/shader.js';
import { shaderSources } from '../../../src/engine/runtime/shaderSources.js';
import { callsOf } from '../support/calls.js';
import { racesOf } from '../support/races.js';
import { targetsOn } from '../support/targets.js';

/** Of every specialisation of every kernel, on a real GPU and on software drivers, the smallest call of any sample. */
function smallestCalls(): Map<string, Dispatch> {
  const smallest = new Map<string, Dispatch>();
  const elements = (place: Memory) => ('root' in place ? place.extent : place.elements);
  // Of equal grids the one with the least memory: loops over it are slow where a shader is interpreted.
  const size = ({ call, memory }: Dispatch) =>
    call.grid[0] * call.grid[1] * call.grid[2] +
    Object.values(memory).reduce((sum, m) => sum + elements(m), 0) / 2 ** 32;
  for (const operation of operations)
    for (const sample of operation.samples)
      for (const target of targetsOn({ softwareLanes: 8, f16: true }))
        for (const dispatch of callsOf(operation, sample as never, target)) {
          const key = `${dispatch.call.kernel} ${JSON.stringify(dispatch.call.constants ?? {})}`;
          const known = smallest.get(key);
          if (!known || size(dispatch) < size(known)) smallest.set(key, dispatch);
        }
  return smallest;
}

const calls = smallestCalls();

describe('every shader', () => {
  it('is reached by a sample of some operation, unless it only measures and has a test of its own', () => {
    const reached = new Set([...[...calls.values()].map(({ call }) => call.kernel), ...MEASURING_SHADERS]);
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

  it.each([...calls.keys()])('has no data race: %s', (key) => {
    const { races, errors } = racesOfDispatch(calls.get(key) as Dispatch);
    expect(errors).toEqual([]);
    expect(races.slice(0, 3)).toEqual([]);
  });

  it('would be found to have a data race without one of its barriers', () => {
    const key = [...calls.keys()].find((name) => name.startsWith('conv/conv2dWeightGradientTiled'));
    const { races } = racesOfDispatch(calls.get(key as string) as Dispatch, (source) =>
      source.replace('workgroupBarrier();', ''),
    );
    expect(races[0]).toMatch(/of (xTiles|dyTiles): a read of/);
  });
});

/** @param change what is done to the shader's text before it runs */
function racesOfDispatch({ call, memory }: Dispatch, change = (source: string) => source) {
  const shader = shaderOf(call.kernel);
  const buffers: Record<string, Uint32Array> = {};
  for (const { name, binding, kind } of shader.bindings) {
    const place = memory[name];
    if (kind === 'uniform') buffers[binding] = new Uint32Array(encodeUniforms(shader, call.uniforms).buffer);
    else buffers[binding] = new Uint32Array('root' in place ? place.extent : place.elements);
  }
  const grid = call.grid.map((extent) => Math.min(extent, 2));
  return racesOf(change(specialise(shader, call.constants ?? {})), grid, buffers);
}
