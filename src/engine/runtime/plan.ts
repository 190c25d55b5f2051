import type { DeviceDescription } from '../device/description.js';
import { DTypeError } from '../errors/errors.js';
import type { Graph, Node } from '../graph/graph.js';
import type { KernelTarget } from '../graph/kernelTarget.js';
import { formatType } from '../graph/types.js';
import { type Dispatch, lowerNodes } from '../kernels/lowering.js';
import { liveNodes } from '../passes/deadCode.js';
import { foldConstants } from '../passes/foldConstants.js';
import { type Locations, locate } from '../passes/locations.js';
import { byteLength, type MemoryPlan, planMemory } from '../passes/memoryPlan.js';
import { uniformBytes } from './uniformLayout.js';
import type { Workspace } from './workspace.js';

/** What planning needs to know of a device. */
export interface PlanningContext {
  readonly gpu: Pick<DeviceDescription, 'info' | 'limits'>;
  readonly target: KernelTarget;
}

/** A traced graph with its dispatches and its memory decided; nothing is allocated. */
export interface ProgramPlan {
  readonly locations: Locations;
  readonly dispatches: readonly Dispatch[];
  readonly memory: MemoryPlan;
  /** Bytes of all buffers of the program. */
  readonly bytes: number;
  /** Bytes of the largest buffer that kernels are bound to. */
  readonly largest: number;
  /** What the largest buffer holds, for messages. */
  readonly largestContents: string;
}

/**
 * Runs the passes on a traced graph: dead code, constants, views, lowering, memory plan.
 * @throws {DTypeError} when the graph has f16 values and the target has no f16
 * @throws {OwnershipError} when a node would read a variable after an update replaced the value that was traced
 */
export function planProgram(context: PlanningContext, graph: Graph): ProgramPlan {
  const nodes = liveNodes(graph, foldConstants(graph, liveNodes(graph)));
  checkElementTypes(context, nodes);
  const locations = locate(graph, nodes);
  for (const output of graph.outputs.values()) locations.of(output);
  const { dispatches, scratch } = lowerNodes(nodes, locations, context.target);
  const memory = planMemory(nodes, locations, scratch);
  const roots = [...memory.slotOf.keys(), ...memory.persistent, locations.feeds, locations.constants];
  const largest = roots.reduce((most, root) => (root.elements > most.elements ? root : most));
  return {
    locations,
    dispatches,
    memory,
    bytes: memory.bytes + uniformBytes(context.gpu.limits, new Set(dispatches.map(({ call }) => call)).size),
    largest: byteLength(largest.elements),
    largestContents:
      'value' in largest && largest.value
        ? `a value ${formatType(largest.value.type)} of ${largest.value.node?.operation.name}`
        : 'the largest of its buffers',
  };
}

/** Bytes of a planned program's own buffers: all but those in a workspace. */
export function ownBytes({ bytes, memory }: ProgramPlan, workspace: Workspace | undefined): number {
  return workspace ? bytes - memory.slots.reduce((sum, slot) => sum + slot, 0) : bytes;
}

function checkElementTypes({ gpu, target }: PlanningContext, nodes: readonly Node[]): void {
  if (target.f16) return;
  for (const { operation, inputs, outputs } of nodes) {
    const half = [...inputs, ...outputs].find(({ dtype }) => dtype === 'f16');
    if (half)
      throw new DTypeError(
        `compile: ${operation.name} has ${formatType(half.type)}, and ${gpu.info.name} has no shader-f16; build the graph with f32 (cast nothing to f16), or use a device that has it`,
      );
  }
}
