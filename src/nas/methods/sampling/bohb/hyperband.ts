/** A bracket of successive halving: its architectures start at rung `first`; the best of each stage are promoted to the next rung. */
export interface Bracket {
  readonly first: number;
  /** Architectures at each rung from `first` up. */
  readonly sizes: readonly number[];
}

/**
 * The rungs from which brackets are made: from the longest training down, always the longest that is at least `eta`
 * times shorter. Ascending.
 */
export function ladder(epochs: readonly number[], eta: number): number[] {
  const rungs = [epochs[epochs.length - 1]];
  for (const length of [...epochs].reverse()) if (length * eta <= rungs[0]) rungs.unshift(length);
  return rungs;
}

/** One round of Hyperband (Li et al. 2018, 1603.06560) with the sizes of HpBandSter, from most halvings to none. */
export function hyperband(rungs: number, eta: number): Bracket[] {
  return Array.from({ length: rungs }, (_, first) => {
    const halvings = rungs - 1 - first;
    const start = Math.floor(rungs / (halvings + 1)) * eta ** halvings;
    const sizes = Array.from({ length: halvings + 1 }, (_, i) => Math.max(1, Math.floor(start / eta ** i)));
    return { first, sizes };
  });
}

/** State of a search in brackets after some evaluations. */
export interface Place<T> {
  /** The rung of every evaluation done. */
  readonly rungs: readonly number[];
  /** The rung of the next. */
  readonly rung: number;
  /** What the next evaluates again on its higher rung; absent where a new architecture is to be. */
  readonly promoted?: T;
}

/** Replays the evaluations through the brackets, which repeat; the fittest are promoted, the first of equals. */
export function placeAfter<T extends { readonly fitness: number }>(
  evaluations: readonly T[],
  brackets: readonly Bracket[],
): Place<T> {
  const rungs: number[] = [];
  for (let bracket = 0; ; bracket = (bracket + 1) % brackets.length) {
    const { first, sizes } = brackets[bracket];
    let stage: readonly T[] = [];
    for (const [up, size] of sizes.entries()) {
      const chosen = up === 0 ? undefined : best(stage, size);
      const done = evaluations.slice(rungs.length, rungs.length + size);
      for (let i = 0; i < done.length; i++) rungs.push(first + up);
      if (done.length < size) return { rungs, rung: first + up, promoted: chosen?.[done.length] };
      stage = done;
    }
  }
}

/** The fittest, in the order in which they came. */
function best<T extends { readonly fitness: number }>(stage: readonly T[], size: number): T[] {
  const order = [...stage.keys()].sort((a, b) => stage[b].fitness - stage[a].fitness || a - b);
  return order
    .slice(0, size)
    .sort((a, b) => a - b)
    .map((i) => stage[i]);
}
