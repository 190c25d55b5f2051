import { AttributeError } from '../../engine/errors/errors.js';

/**
 * Spearman's rank correlation: Pearson's of the ranks, where ties have their mean rank.
 *
 * @returns a number from -1 to 1; null where it is not defined: fewer than two pairs, or one side all tied.
 * @throws {AttributeError} when the lengths differ or a value is not a number.
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  if (x.length !== y.length)
    throw new AttributeError(`spearman: got ${x.length} and ${y.length} values; wanted as many of x as of y.`);
  const [ranksX, ranksY] = [centredRanks(x), centredRanks(y)];
  const [squaresX, squaresY] = [dot(ranksX, ranksX), dot(ranksY, ranksY)];
  if (squaresX === 0 || squaresY === 0) return null;
  return dot(ranksX, ranksY) / Math.sqrt(squaresX * squaresY);
}

/** Ranks minus their mean, (n + 1) / 2: multiples of one half, whose sums are exact. */
function centredRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (value, place) => ({ value, place })).sort((a, b) => a.value - b.value);
  if (order.some(({ value }) => Number.isNaN(value)))
    throw new AttributeError('spearman: got NaN, which has no rank; leave such pairs out.');
  const ranks = new Float64Array(order.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && order[end].value === order[start].value) end++;
    // The positions start .. end - 1 have the ranks start + 1 .. end.
    const rank = (start + 1 + end) / 2 - (order.length + 1) / 2;
    for (const { place } of order.slice(start, end)) ranks[place] = rank;
  }
  return ranks;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
