import { describe, expect, it } from 'vitest';
import { detectRaces, WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js';
import { operations } from '../../../src/engine/ops/operations.js';
import type { Dispatch } from '../../../src/engine/runtime/lowering.js';
import { encodeUniforms, shaderOf, specialise } from '../../../src/engine/runtime/shader.js';
import { shaderSources } from '../../../src/engine/runtime/shaderSources.js';
import { callsOf } from '../support/calls.js';

/** Of every specialisation of every kernel, on a real GPU and on software drivers, the smallest call of any sample. */
function smallestCalls(): Map<string, Dispatch> {
  const smallest = new Map<string, Dispatch>();
  const size = ({ call }: Dispatch) => call.grid[0] * call.grid[1] * call.grid[2];
  for (const operation of operations)
    for (const sample of operation.samples)
      for (const softwareLanes of [0, 4, 8])
        for (const dispatch of callsOf(operation, sample as never, { softwareLanes })) {
          const key = `${dispatch.call.kernel} ${JSON.stringify(dispatch.call.constants ?? {})}`;
          const known = smallest.get(key);
          if (!known || size(dispatch) < size(known)) smallest.set(key, dispatch);
        }
  return smallest;
}

const calls = smallestCalls();

describe('every shader', () => {
  it('is reached by a sample of some operation', () => {
    const reached = new Set([...calls.values()].map(({ call }) => call.kernel));
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
    const { call } = calls.get(key) as Dispatch;
    const shader = shaderOf(call.kernel);
    const buffers: Record<string, Uint32Array> = {};
    for (const binding of shader.bindings) {
      const memory = (calls.get(key) as Dispatch).memory[binding.name];
      if (binding.kind === 'uniform') {
        buffers[binding.binding] = new Uint32Array(encodeUniforms(shader, call.uniforms).buffer);
        continue;
      }
      const elements = 'root' in memory ? memory.extent : memory.elements;
      buffers[binding.binding] = new Uint32Array(elements);
    }
    const grid = call.grid.map((extent) => Math.min(extent, 2));
    const { races, errors } = detectRaces(specialise(shader, call.constants ?? {}), 'main', grid, { 0: buffers });
    expect(errors).toEqual([]);
    expect(races.slice(0, 3).map((race) => race.message)).toEqual([]);
  });
});
