/** Largest difference that other orders of summing explain, relative to the largest magnitude of a result. */
const TOLERANCE = 1e-3;

/**
 * In words, where a contender's results are not the engine's: the first whose largest difference is more than a thousandth of
 * the largest magnitude; undefined where all agree.
 */
export function disagreement(
  theirs: readonly ArrayLike<number>[],
  ours: readonly ArrayLike<number>[],
): string | undefined {
  if (theirs.length !== ours.length) return `${theirs.length} results, ours are ${ours.length}`;
  for (const [index, expected] of ours.entries()) {
    const got = theirs[index];
    if (got.length !== expected.length) return `result ${index} has ${got.length} elements, ours ${expected.length}`;
    let largest = 0;
    let difference = 0;
    for (let i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      // Not a number counts as infinitely far off.
      difference = Math.max(difference, Math.abs(got[i] - expected[i]) || (got[i] === expected[i] ? 0 : Infinity));
    }
    if (difference > TOLERANCE * largest)
      return `result ${index} differs by ${(difference / largest).toExponential(1)} of its largest magnitude`;
  }
  return undefined;
}
