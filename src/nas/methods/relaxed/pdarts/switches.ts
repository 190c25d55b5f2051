import type { RelaxedTable } from '../../../spaces/shared/space.js';

/** Which candidates remain: for every table [edges, operations], row-major. */
export type Switches = readonly (readonly boolean[])[];

/** Candidates that remain after some stages, each of which removed the weakest from every edge. @param dropped how many, by stage */
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

/** Removes the `count` weakest remaining candidates from every row of `width`, of equals the first. */
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

/** Candidates removed from every edge after each stage but the last, in the proportions of the published 8 to 5 to 3 to 1. */
export function publishedShares(operations: number): number[] {
  const left = [7, 4, 2].map((of) => 1 + Math.round(((operations - 1) * of) / 7));
  return [left[0] - left[1], left[1] - left[2]];
}
