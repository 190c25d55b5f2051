import type { Value } from '../graph/graph.js';
import { formatType } from '../graph/types.js';
import type { Dispatch, Memory } from '../kernels/lowering.js';
import { shaderOf } from '../kernels/shader.js';
import type { Locations, Root } from '../passes/locations.js';
import { byteLength, type MemoryPlan, type ScratchRoot } from '../passes/memoryPlan.js';
import { dispatchCosts } from './profileCosts.js';

/** One binding of a dispatch: the shader's variable, and the bytes of the buffer that it is bound to. */
export interface BoundMemory {
  readonly name: string;
  /** "slot 3", "persistent 0", "feeds", "constants", or a variable set's name in quotes. */
  readonly buffer: string;
  readonly offset: number;
  readonly bytes: number;
}

/** One dispatch of a program. */
export interface DispatchDescription {
  readonly operation: string;
  readonly kernel: string;
  /** Workgroups in x, y and z. */
  readonly grid: readonly [number, number, number];
  readonly multiplyAdds: number;
  /** Bytes read and written at least. */
  readonly bytes: number;
  /** Bindings with read access only. */
  readonly reads: readonly BoundMemory[];
  /** Bindings with write access. */
  readonly writes: readonly BoundMemory[];
}

/** Use of a slot by a value or scratch memory from one dispatch to another. */
export interface Lifetime {
  readonly slot: number;
  /** The operation that writes it. */
  readonly operation: string;
  /** Type of the value, or size of the scratch memory. */
  readonly holds: string;
  readonly kind: 'value' | 'scratch';
  readonly bytes: number;
  /** Indices of the first and the last dispatch that use it. */
  readonly first: number;
  readonly last: number;
}

/** Bytes of a program's buffers. Variables belong to the engine and are not included. */
export interface MemoryDescription {
  readonly total: number;
  /** Each buffer that temporary values share. */
  readonly slots: readonly number[];
  /** Outputs, and gradients of whole variable sets: buffers that are not shared. */
  readonly persistent: number;
  readonly feeds: number;
  readonly constants: number;
  readonly uniforms: number;
  /** Peak of the bytes in use at one time in slots: a lower bound for any plan. */
  readonly peakLive: number;
  /** Bytes without sharing: a buffer for every temporary value and for all scratch memory. */
  readonly unshared: number;
}

/** A program as plain data. */
export interface ProgramDescription {
  readonly dispatches: readonly DispatchDescription[];
  /** Number of different pipelines. */
  readonly pipelines: number;
  readonly multiplyAdds: number;
  /** Bytes that all dispatches read and write at least, scratch memory included. */
  readonly bytes: number;
  readonly memory: MemoryDescription;
  readonly lifetimes: readonly Lifetime[];
}

/** Input of `describeProgram`. */
export interface Described {
  readonly dispatches: readonly Dispatch[];
  readonly locations: Pick<Locations, 'feeds' | 'constants'>;
  readonly memory: MemoryPlan;
  /** Bytes of all buffers of the program. */
  readonly totalBytes: number;
  readonly pipelines: number;
}

/** Describes a planned program as plain data. */
export function describeProgram(described: Described): ProgramDescription {
  const { dispatches, locations, memory, totalBytes, pipelines } = described;
  const costs = dispatchCosts(dispatches);
  const lifetimes = lifetimesOf(dispatches, memory);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const bytesOf = (roots: readonly Root[]) => sum(roots.map((root) => byteLength(root.elements)));
  const persistent = bytesOf(memory.persistent);
  const feeds = bytesOf([locations.feeds]);
  const constants = bytesOf([locations.constants]);
  return {
    dispatches: dispatches.map((dispatch, index) => describeDispatch(dispatch, memory, costs[index])),
    pipelines,
    multiplyAdds: sum(costs.map((cost) => cost.multiplyAdds)),
    bytes: sum(costs.map((cost) => cost.bytes)),
    memory: {
      total: totalBytes,
      slots: memory.slots,
      persistent,
      feeds,
      constants,
      uniforms: totalBytes - sum(memory.slots) - persistent - feeds - constants,
      peakLive: peakOf(lifetimes, dispatches.length),
      unshared: sum(lifetimes.map(({ bytes }) => bytes)),
    },
    lifetimes,
  };
}

function describeDispatch(
  { node, call, memory }: Dispatch,
  plan: MemoryPlan,
  cost: { readonly multiplyAdds: number; readonly bytes: number },
): DispatchDescription {
  const bound = (kind: 'read' | 'write') =>
    shaderOf(call.kernel)
      .bindings.filter((binding) => binding.kind === kind)
      .map(({ name }) => boundMemory(name, memory[name], plan));
  const { kernel, grid } = call;
  return { operation: node.operation.name, kernel, grid, ...cost, reads: bound('read'), writes: bound('write') };
}

function boundMemory(name: string, memory: Memory, { slotOf, persistent }: MemoryPlan): BoundMemory {
  if (!('root' in memory)) return { name, buffer: `slot ${slotOf.get(memory)}`, offset: 0, bytes: memory.elements * 4 };
  const { root, base, extent } = memory;
  const slot = slotOf.get(root);
  const buffers: Readonly<Record<Root['kind'], string>> = {
    temporary: `slot ${slot}`,
    persistent: `persistent ${persistent.indexOf(root)}`,
    feeds: 'feeds',
    constants: 'constants',
    variables: JSON.stringify(root.set?.name),
  };
  return { name, buffer: buffers[root.kind], offset: base * 4, bytes: extent * 4 };
}

function lifetimesOf(dispatches: readonly Dispatch[], { slotOf }: MemoryPlan): Lifetime[] {
  const spans = new Map<Root | ScratchRoot, { first: number; last: number; by: Dispatch }>();
  dispatches.forEach((dispatch, index) => {
    for (const place of Object.values(dispatch.memory)) {
      const root = 'root' in place ? place.root : place;
      if (!slotOf.has(root)) continue;
      const span = spans.get(root);
      if (span) span.last = index;
      else spans.set(root, { first: index, last: index, by: dispatch });
    }
  });
  return [...spans].map(([root, { first, last, by }]): Lifetime => {
    const value: Value | undefined = 'value' in root ? root.value : undefined;
    const scratch = !('kind' in root);
    return {
      slot: slotOf.get(root) as number,
      operation: value?.node?.operation.name ?? by.node.operation.name,
      holds: value ? formatType(value.type) : `scratch of ${root.elements} elements`,
      kind: scratch ? 'scratch' : 'value',
      bytes: byteLength(root.elements),
      first,
      last,
    };
  });
}

/** Peak of the bytes in use at one dispatch. */
function peakOf(lifetimes: readonly Lifetime[], dispatches: number): number {
  const changes = new Float64Array(dispatches + 1);
  for (const { first, last, bytes } of lifetimes) {
    changes[first] += bytes;
    changes[last + 1] -= bytes;
  }
  let live = 0;
  let peak = 0;
  for (const change of changes) peak = Math.max(peak, (live += change));
  return peak;
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** Totals of a description as text, in three lines: work, memory, and what sharing memory saves. */
export function formatTotals({ dispatches, pipelines, multiplyAdds, bytes, memory }: ProgramDescription): string {
  const inSlots = memory.slots.reduce((sum, slot) => sum + slot, 0);
  const saved = memory.unshared > 0 ? 1 - inSlots / memory.unshared : 0;
  return [
    `${dispatches.length} dispatches of ${pipelines} pipelines: ${(multiplyAdds / 1e6).toFixed(1)} million multiply-adds, ${megabytes(bytes)} moved`,
    `memory ${megabytes(memory.total)}: ${memory.slots.length} slots ${megabytes(inSlots)}, persistent ${megabytes(memory.persistent)}, constants ${megabytes(memory.constants)}, feeds ${megabytes(memory.feeds)}, uniforms ${megabytes(memory.uniforms)}`,
    `slots: ${megabytes(memory.peakLive)} live at the peak; separate buffers would take ${megabytes(memory.unshared)}, so sharing saves ${(100 * saved).toFixed(1)} %`,
  ].join('\n');
}

/** A description as text: totals, an empty line, and a line for every dispatch. */
export function formatDescription(description: ProgramDescription): string {
  const places = (bound: readonly BoundMemory[]) =>
    bound.map(({ name, buffer, offset }) => `${name} ${buffer}${offset > 0 ? `+${offset}` : ''}`).join(', ') ||
    'nothing';
  const lines = description.dispatches.map(({ operation, kernel, grid, reads, writes, ...cost }, index) => {
    const work = cost.multiplyAdds > 0 ? `${cost.multiplyAdds} multiply-adds, ` : '';
    return `${index} ${operation}: ${kernel} [${grid.join(' x ')}] ${work}${Math.round(cost.bytes)} bytes; reads ${places(reads)}; writes ${places(writes)}`;
  });
  return [formatTotals(description), '', ...lines].join('\n');
}
