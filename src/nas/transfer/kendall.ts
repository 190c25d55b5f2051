import { AttributeError } from '../../engine/errors.js';

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
  let score = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const signX = Math.sign(x[i] - x[j]);
      const signY = Math.sign(y[i] - y[j]);
      score += signX * signY;
      untiedX += Math.abs(signX);
      untiedY += Math.abs(signY);
    }
  }
  if (untiedX === 0 || untiedY === 0) return null;
  return score / Math.sqrt(untiedX * untiedY);
}

/**
 * Probability that two orders of `count` things drawn at random agree with Kendall's tau of at least `tau`: the exact
 * distribution of the number of discordant pairs, from the recurrence over the length of the list (Kendall 1938). With
 * ties it is an approximation.
 */
export function chanceOfTau(tau: number, count: number): number {
  // share[k]: the share of all orders of n things that have k discordant pairs. The n-th thing adds 0 to n - 1 of them,
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
