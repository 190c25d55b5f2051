import type { Node } from '../graph/graph.js';
import type { Locations, Root } from './locations.js';

/** Scratch memory of one node. */
export interface ScratchRoot {
  /** Index of the node. */
  readonly node: number;
  /** 4-byte words. */
  readonly elements: number;
}

/** Assignment of temporary roots and scratch memory to shared buffers (slots). */
export interface MemoryPlan {
  /** Bytes of each slot, the largest first. */
  readonly slots: readonly number[];
  readonly slotOf: ReadonlyMap<Root | ScratchRoot, number>;
  /** Roots with a buffer of their own: outputs and gradient arenas. */
  readonly persistent: readonly Root[];
  /** Bytes of slots, persistent roots, feeds and constants. */
  readonly bytes: number;
  /** Peak of the bytes in use at one time: a lower bound for the sum of the slots. */
  readonly live: number;
}

interface Lifetime {
  readonly root: Root | ScratchRoot;
  first: number;
  last: number;
}

/**
 * Assigns temporary roots to slots by lifetime: the largest first, each to the smallest slot that is free from its first write to
 * its last read. Lifetimes in a slot are disjoint, so no dispatch reads and writes the same slot.
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
    // Slots are made in descending order of size, so the last free one is the smallest that fits.
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

/** A buffer and the disjoint lifetimes assigned to it, in order. */
class Slot {
  private readonly taken: Lifetime[] = [];

  constructor(readonly bytes: number) {}

  /** Assigns a lifetime. @returns false, without assigning it, when the slot is not free during all of it */
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

/** Peak of the bytes in use at one time. */
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

/** Bytes of a buffer for a number of 4-byte words: a multiple of 256. */
export function byteLength(elements: number): number {
  return Math.max(256, Math.ceil((elements * 4) / 256) * 256);
}
