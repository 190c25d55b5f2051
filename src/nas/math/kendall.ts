import { AttributeError } from '../../engine/errors/errors.js';

/**
 * Kendall's rank correlation with the correction for ties, tau-b (Kendall 1945, "The treatment of ties in ranking
 * problems"): (concordant - discordant) / sqrt((pairs - ties in x) (pairs - ties in y)).
 *
 * @returns a number from -1 to 1; null where it is not defined: fewer than two pairs, or one side all tied.
 * @throws {AttributeError} when the lengths differ or a value is not a number.
 */
export function kendallTauB(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) {
    throw new AttributeError(`kendallTauB: got ${x.length} and ${y.length} values; wanted as many of x as of y.`);
  }
  if (x.some(Number.isNaN) || y.some(Number.isNaN)) {
    throw new AttributeError('kendallTauB: got NaN, which has no rank; leave such pairs out.');
  }
  // Knight 1966, "A computer method for calculating Kendall's tau with ungrouped data": sorted by x, and by y where x is
  // tied, the discordant pairs are the exchanges of a merge sort by y; O(n log n), for whole tables.
  const order = Array.from(x.keys()).sort((i, j) => x[i] - x[j] || y[i] - y[j]);
  const pairs = (x.length * (x.length - 1)) / 2;
  const tiedInBoth = tiedPairs(order, (i, j) => x[i] === x[j] && y[i] === y[j]);
  const untiedX = pairs - tiedPairs(order, (i, j) => x[i] === x[j]);
  const sorted = Float64Array.from(order, (i) => y[i]);
  const discordant = exchanges(sorted, new Float64Array(sorted.length), 0, sorted.length);
  const untiedY = pairs - tiedPairs(sorted, (a, b) => a === b);
  const score = untiedX + untiedY - pairs + tiedInBoth - 2 * discordant;
  if (untiedX === 0 || untiedY === 0) return null;
  return score / Math.sqrt(untiedX * untiedY);
}

/** Pairs of equal neighbours: ties of a sorted list. */
function tiedPairs(items: ArrayLike<number>, equal: (a: number, b: number) => boolean): number {
  let tied = 0;
  for (let i = 1, before = 0; i < items.length; i++) {
    before = equal(items[i - 1], items[i]) ? before + 1 : 0;
    tied += before;
  }
  return tied;
}

/** Sorts values[start..end) by merging. @returns the number of inversions */
function exchanges(values: Float64Array, scratch: Float64Array, start: number, end: number): number {
  if (end - start < 2) return 0;
  const middle = (start + end) >> 1;
  let count = exchanges(values, scratch, start, middle) + exchanges(values, scratch, middle, end);
  for (let left = start, right = middle, place = start; place < end; place++) {
    if (left < middle && (right === end || values[left] <= values[right])) scratch[place] = values[left++];
    else {
      scratch[place] = values[right++];
      count += middle - left;
    }
  }
  values.set(scratch.subarray(start, end), start);
  return count;
}

/**
 * Probability that two random permutations of `count` items have Kendall's tau of at least `tau`: the exact
 * distribution of the number of discordant pairs, from the recurrence over the length of the list (Kendall 1938). With
 * ties it is an approximation.
 */
export function chanceOfTau(tau: number, count: number): number {
  // share[k]: the share of all permutations of n items with k discordant pairs. The n-th item adds 0 to n - 1 of them,
  // each with probability 1 / n: a sliding sum.
  let share = [1];
  for (let n = 2; n <= count; n++) {
    const next = new Array<number>(share.length + n - 1);
    let sum = 0;
    for (let k = 0; k < next.length; k++) {
      sum += (share[k] ?? 0) - (share[k - n] ?? 0);
      next[k] = sum / n;
    }
    share = next;
  }
  const pairs = (count * (count - 1)) / 2;
  const discordant = Math.floor(((1 - tau) * pairs) / 2 + 1e-9);
  return share.slice(0, discordant + 1).reduce((sum, part) => sum + part, 0);
}
