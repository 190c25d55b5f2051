import { BufferUsage } from '../device/usage.js';
import { NasTransferError } from '../errors/errors.js';
import { encode } from '../graph/encoding.js';
import type { Graph, Value } from '../graph/graph.js';
import { wordsOf } from '../graph/types.js';
import type { Dispatch, Memory } from '../kernels/lowering.js';
import type { Pipeline } from '../kernels/pipelines.js';
import type { Root } from '../passes/locations.js';
import { byteLength, type ScratchRoot } from '../passes/memoryPlan.js';
import { createCommands } from './createCommands.js';
import type { DeviceContext } from './deviceContext.js';
import { DeviceProgram } from './deviceProgram.js';
import type { ProgramPlan } from './plan.js';
import type { Workspace } from './workspace.js';

const STORAGE = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;

/**
 * Builds the pipelines of a plan's dispatches, in parallel.
 * @returns one a dispatch, in order
 * @throws {DisposedError | OwnershipError} when a variable set has no buffer on this device, before anything is built
 * @throws {GpuError} when a shader does not compile
 */
export async function buildPipelines(context: DeviceContext, { dispatches }: ProgramPlan): Promise<Pipeline[]> {
  for (const { memory } of dispatches)
    for (const place of Object.values(memory)) if ('root' in place && place.root.set) context.bufferOf(place.root.set);
  const built = context.timeline?.begin('pipelines');
  const pipelines = await context.pipelines.ofCalls(dispatches.map(({ call }) => call));
  built?.();
  return pipelines;
}

/**
 * Allocates the buffers of a planned program and makes its bind groups. When it throws, the buffers are destroyed and the
 * workspace is as it was before.
 * @param pipelines of the plan's dispatches, in the same order
 * @param onDispose called when the program is disposed of
 */
export function buildProgram(
  context: DeviceContext,
  graph: Graph,
  plan: ProgramPlan,
  pipelines: readonly Pipeline[],
  onDispose: () => void,
  workspace?: Workspace,
): DeviceProgram {
  const { device, queue } = context.gpu;
  const { locations, dispatches, memory } = plan;
  const created: GPUBuffer[] = [];
  const create = (label: string, size: number, usage = STORAGE): GPUBuffer => {
    const buffer = device.createBuffer({ label, size, usage });
    created.push(buffer);
    return buffer;
  };
  const taken = workspace?.take(memory.slots, (size) =>
    device.createBuffer({ label: 'workspace', size, usage: STORAGE }),
  );
  try {
    const slots = taken?.buffers ?? memory.slots.map((bytes, index) => create(`slot ${index}`, bytes));
    const rootBuffers = new Map<Root | ScratchRoot, GPUBuffer>();
    for (const root of memory.persistent) rootBuffers.set(root, create('persistent', byteLength(root.elements)));
    const feedBuffer = create('feeds', byteLength(locations.feeds.elements));
    const constantBuffer = create('constants', byteLength(locations.constants.elements));
    rootBuffers.set(locations.feeds, feedBuffer);
    rootBuffers.set(locations.constants, constantBuffer);
    for (const value of locations.constantValues) writeConstant(queue, constantBuffer, value, locations.of(value).base);
    const bufferOf = (root: Root | ScratchRoot): GPUBuffer => {
      if ('set' in root && root.set) return context.bufferOf(root.set);
      const slot = memory.slotOf.get(root);
      const buffer = slot === undefined ? rootBuffers.get(root) : slots[slot];
      if (!buffer) throw new NasTransferError('memory plan: a value has no buffer');
      return buffer;
    };
    const resource = (place: Memory): GPUBufferBinding =>
      'root' in place
        ? { buffer: bufferOf(place.root), offset: place.base * 4, size: place.extent * 4 }
        : { buffer: bufferOf(place), offset: 0, size: place.elements * 4 };
    return new DeviceProgram(context, {
      commands: createCommands(context.gpu, dispatches, pipelines, resource, create),
      plan,
      resource,
      buffers: created,
      feedBuffer,
      feeds: new Map([...graph.feeds].map(([name, value]) => [name, { value, base: locations.of(value).base }])),
      outputs: new Map(
        [...graph.outputs].map(([name, value]) => {
          const location = locations.of(value);
          return [name, { value, location, buffer: bufferOf(location.root) }];
        }),
      ),
      cleared: gatedArenas(dispatches).map(bufferOf),
      onDispose,
    });
  } catch (error) {
    for (const buffer of created) buffer.destroy();
    taken?.undo();
    throw error;
  }
}

/** Roots of the gradients that an optimiser reads as a whole and that nodes behind gates write in part. */
function gatedArenas(dispatches: readonly Dispatch[]): Root[] {
  const roots = dispatches.flatMap(({ node, memory }) =>
    node.gate ? Object.values(memory).flatMap((place) => ('root' in place ? [place.root] : [])) : [],
  );
  return [...new Set(roots)].filter(({ kind }) => kind === 'persistent');
}

function writeConstant(queue: GPUQueue, buffer: GPUBuffer, value: Value, base: number): void {
  const { origin, type } = value;
  if (origin?.kind !== 'constant') return;
  const bytes = new ArrayBuffer(wordsOf(type) * 4);
  encode(type, origin.data, bytes);
  queue.writeBuffer(buffer, base * 4, bytes);
}
