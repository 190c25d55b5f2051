import type { KernelCall } from '../../../src/engine/graph/operation.js';
import type { Dispatch, Memory } from '../../../src/engine/kernels/lowering.js';
import { encodeUniforms, shaderOf, specialise } from '../../../src/engine/kernels/shader.js';
import { operations } from '../../../src/engine/ops/operations.js';
import { callsOf } from './calls.js';
import { racesOf } from './races.js';
import { targetsOn } from './targets.js';

/** The smallest kernel call of each key, over all samples, for a real GPU and for software drivers. */
export function smallestCalls(keyOf: (call: KernelCall) => string): Map<string, Dispatch> {
  const smallest = new Map<string, Dispatch>();
  const elements = (place: Memory) => ('root' in place ? place.extent : place.elements);
  // Of equal grids the one with the least memory, since loops are slow to interpret.
  const size = ({ call, memory }: Dispatch) =>
    call.grid[0] * call.grid[1] * call.grid[2] +
    Object.values(memory).reduce((sum, m) => sum + elements(m), 0) / 2 ** 32;
  for (const operation of operations)
    for (const sample of operation.samples)
      for (const target of targetsOn({ softwareLanes: 8, f16: true }))
        for (const dispatch of callsOf(operation, sample as never, target)) {
          const key = keyOf(dispatch.call);
          const known = smallest.get(key);
          if (!known || size(dispatch) < size(known)) smallest.set(key, dispatch);
        }
  return smallest;
}

/**
 * The data races of one call, interpreted on at most two workgroups in each direction.
 * @param change applied to the shader's source before it is interpreted
 */
export function racesOfDispatch({ call, memory }: Dispatch, change = (source: string) => source) {
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
