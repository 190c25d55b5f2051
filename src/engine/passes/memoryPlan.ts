import type { Node } from '../graph/graph.js';
import type { Locations, Root } from './locations.js';

/** Scratch memory of one node. */
export interface ScratchRoot {
  readonly node: number;
  readonly elements: number;
}

/** Buffers that temporary roots and scratch share. */
export interface MemoryPlan {
  /** Bytes of each shared buffer. */
  readonly slots: readonly number[];
  readonly slotOf: ReadonlyMap<Root | ScratchRoot, number>;
  /** Roots with a buffer of their own: outputs and gradient arenas. */
  readonly persistent: readonly Root[];
  /** Bytes of slots, persistent roots, feeds and constants. */
  readonly bytes: number;
  /** Most bytes of what lies in slots that are needed at one time: no slots could be less. */
  readonly live: number;
}

interface Lifetime {
  readonly root: Root | ScratchRoot;
  first: number;
  last: number;
}

/**
 * Assigns temporary roots to buffers by lifetime: largest first, each to the smallest buffer that is free from its first
 * write to its last read. Within one dispatch a buffer may not be both read and written, which disjoint lifetimes give.
 */
export function planMemory(nodes: readonly Node[], locations: Locations, scratch: readonly ScratchRoot[]): MemoryPlan {
  const lifetimes = new Map<Root, Lifetime>();
  const persistent = new Set<Root>();
  nodes.forEach((node, index) => {
    for (const value of [...node.inputs, ...node.outputs]) {
      const { root } = locations.of(value);
      if (root.kind === 'persistent') persistent.add(root);
      if (root.kind !== 'temporary') continue;
      const lifetime = lifetimes.get(root);
      if (lifetime) lifetime.last = index;
      else lifetimes.set(root, { root, first: index, last: index });
    }
  });
  const all: Lifetime[] = [
    ...lifetimes.values(),
    ...scratch.map((root) => ({ root, first: root.node, last: root.node })),
  ];
  all.sort((a, b) => b.root.elements - a.root.elements || a.first - b.first);
  const slots: Slot[] = [];
  const slotOf = new Map<Root | ScratchRoot, number>();
  for (const lifetime of all) {
    // Slots are made in falling order of size, so the last free one is the smallest that fits.
    let chosen = slots.length - 1;
    while (chosen >= 0 && !slots[chosen].take(lifetime)) chosen--;
    if (chosen < 0) {
      chosen = slots.length;
      const slot = new Slot(byteLength(lifetime.root.elements));
      slot.take(lifetime);
      slots.push(slot);
    }
    slotOf.set(lifetime.root, chosen);
  }
  const own = [...persistent, locations.feeds, locations.constants].reduce((sum, r) => sum + byteLength(r.elements), 0);
  return {
    slots: slots.map((slot) => slot.bytes),
    slotOf,
    persistent: [...persistent],
    bytes: slots.reduce((sum, slot) => sum + slot.bytes, 0) + own,
    live: mostAlive(all, nodes.length),
  };
}

/** A buffer and the lifetimes that it is taken for, which do not overlap. */
class Slot {
  private readonly taken: Lifetime[] = [];

  constructor(readonly bytes: number) {}

  /** @returns false, and takes nothing, where the buffer is not free all the time */
  take(lifetime: Lifetime): boolean {
    const { taken } = this;
    let low = 0;
    let high = taken.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (taken[middle].last < lifetime.first) low = middle + 1;
      else high = middle;
    }
    if (low < taken.length && taken[low].first <= lifetime.last) return false;
    taken.splice(low, 0, lifetime);
    return true;
  }
}

/** Most bytes that are needed at one time. */
function mostAlive(lifetimes: readonly Lifetime[], nodes: number): number {
  const change = new Float64Array(nodes + 1);
  for (const { root, first, last } of lifetimes) {
    change[first] += byteLength(root.elements);
    change[last + 1] -= byteLength(root.elements);
  }
  let alive = 0;
  let most = 0;
  for (const step of change) {
    alive += step;
    most = Math.max(most, alive);
  }
  return most;
}

/** Bytes of a buffer for some elements: whole units of 256. */
export function byteLength(elements: number): number {
  return Math.max(256, Math.ceil((elements * 4) / 256) * 256);
}
