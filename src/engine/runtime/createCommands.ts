import type { Gpu } from '../device/gpu.js';
import { BufferUsage } from '../device/usage.js';
import { NasTransferError } from '../errors/errors.js';
import type { KernelCall } from '../graph/operation.js';
import type { Command } from '../kernels/command.js';
import type { Dispatch, Memory } from '../kernels/lowering.js';
import type { Pipeline } from '../kernels/pipelines.js';
import { encodeUniforms, type Shader } from '../kernels/shader.js';
import { uniformBytes, uniformStep } from './uniformLayout.js';

const UNIFORM = BufferUsage.UNIFORM | BufferUsage.COPY_DST;

/**
 * Makes the bind groups of dispatches and writes their uniforms.
 * @param pipelines of the dispatches, in the same order
 * @param resource the buffer binding of a dispatch's memory
 * @param create makes a buffer, which the caller destroys, also when this function throws
 * @throws {NasTransferError} when a grid exceeds the device's limits or a binding has no memory
 */
export function createCommands(
  { device, queue, limits }: Gpu,
  dispatches: readonly Dispatch[],
  pipelines: readonly Pipeline[],
  resource: (memory: Memory) => GPUBufferBinding,
  create: (label: string, size: number, usage: number) => GPUBuffer,
): Command[] {
  const step = uniformStep(limits);
  // Equal calls share their uniforms.
  const placeOf = new Map<KernelCall, GPUBufferBinding>();
  const uniforms = new Uint8Array(uniformBytes(limits, new Set(dispatches.map(({ call }) => call)).size));
  const uniformBuffer = create('uniforms', uniforms.length, UNIFORM);
  const uniformsOf = (call: KernelCall, shader: Shader): GPUBufferBinding => {
    let place = placeOf.get(call);
    if (!place) {
      const encoded = encodeUniforms(shader, call.uniforms);
      place = { buffer: uniformBuffer, offset: placeOf.size * step, size: encoded.length };
      uniforms.set(encoded, place.offset);
      placeOf.set(call, place);
    }
    return place;
  };
  const commands = dispatches.map(({ call, node, memory, cost }, index): Command => {
    const { shader, layout, pipeline } = pipelines[index];
    if (call.grid.some((extent) => !(extent >= 1) || extent > limits.maxComputeWorkgroupsPerDimension))
      throw new NasTransferError(
        `${node.operation.name}: kernel ${call.kernel} has a grid of [${call.grid}] workgroups, the device allows 1 to ${limits.maxComputeWorkgroupsPerDimension} in each dimension`,
      );
    const entries = shader.bindings.map(({ name, binding, kind }): GPUBindGroupEntry => {
      if (kind === 'uniform') return { binding, resource: uniformsOf(call, shader) };
      const bound = memory[name];
      if (!bound)
        throw new NasTransferError(`${node.operation.name}: kernel ${call.kernel} has nothing bound to "${name}"`);
      return { binding, resource: resource(bound) };
    });
    return {
      label: `${node.operation.name}: ${call.kernel}`,
      pipeline,
      bindGroup: device.createBindGroup({ layout, entries }),
      grid: call.grid,
      cost,
      gate: node.gate,
    };
  });
  queue.writeBuffer(uniformBuffer, 0, uniforms);
  return commands;
}
