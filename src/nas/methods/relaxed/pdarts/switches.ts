import type { RelaxedTable } from '../../../spaces/shared/space.js';

/** Which candidates are left: for every table [edges, operations], row-major. */
export type Switches = readonly (readonly boolean[])[];

/** Candidates left after some stages, of which each took the weakest so many from every edge. */
export function switchesAfter(
  tables: readonly RelaxedTable[],
  ended: readonly (readonly ArrayLike<number>[])[],
  dropped: readonly number[],
): Switches {
  const all: Switches = tables.map(({ edges, operations }) => edges.flatMap(() => operations.map(() => true)));
  return ended.reduce<Switches>(
    (left, operationScores, stage) =>
      left.map((mask, t) => dropWeakest(mask, operationScores[t], tables[t].operations.length, dropped[stage])),
    all,
  );
}

/** Takes the `count` weakest candidates that are left from every row of `width`. Of equals the first goes. */
export function dropWeakest(
  mask: readonly boolean[],
  operationScores: ArrayLike<number>,
  width: number,
  count: number,
): boolean[] {
  const left = [...mask];
  for (let start = 0; start < left.length; start += width) {
    const row = Array.from({ length: width }, (_, i) => start + i).filter((index) => mask[index]);
    row.sort((a, b) => operationScores[a] - operationScores[b]);
    for (const index of row.slice(0, count)) left[index] = false;
  }
  return left;
}

/** Candidates dropped from every edge after each stage but the last, where `operations` shrink as 8 do to 5, 3 and 1. */
export function publishedShares(operations: number): number[] {
  const left = [7, 4, 2].map((of) => 1 + Math.round(((operations - 1) * of) / 7));
  return [left[0] - left[1], left[1] - left[2]];
}
