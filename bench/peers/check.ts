/** Largest difference explained by another order of summation, relative to the largest magnitude of a result. */
const TOLERANCE = 1e-3;

/**
 * Describes the first result of a contender that differs from the engine's by more than a thousandth of the largest
 * magnitude; undefined where all agree.
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
      // NaN counts as an infinite difference.
      difference = Math.max(difference, Math.abs(got[i] - expected[i]) || (got[i] === expected[i] ? 0 : Infinity));
    }
    if (difference > TOLERANCE * largest)
      return `result ${index} differs by ${(difference / largest).toExponential(1)} of its largest magnitude`;
  }
  return undefined;
}
