/** Times of one workload, in milliseconds. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  /** Median absolute deviation from the median. */
  readonly mad: number;
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

/** @throws {RangeError} without values */
export function summarize(values: readonly number[]): Summary {
  const middle = median(values);
  return {
    count: values.length,
    median: middle,
    mad: median(values.map((value) => Math.abs(value - middle))),
    minimum: Math.min(...values),
    lowerQuartile: quantile(values, 0.25),
    upperQuartile: quantile(values, 0.75),
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest order statistics (type 7 of Hyndman and Fan 1996). @throws {RangeError} without values */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('quantile: got no values, wanted at least one');
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** @throws {RangeError} without values */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('geometricMean: got no values, wanted at least one');
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Standard deviations of a normal distribution in one median absolute deviation. */
const DEVIATIONS_PER_MAD = 1.4826;
/** Threshold of a difference, in combined deviations. */
const BEYOND = 3;
/** Fewer runs do not show their spread. */
const LEAST_COUNT = 3;
/**
 * Measurements at different times differ more than runs within one, because load, clock rate and memory placement change.
 * Smaller relative differences of medians are therefore ignored.
 */
const LEAST_CHANGE = 0.05;

export type Verdict = 'faster' | 'slower' | 'within noise' | 'too few runs';

/**
 * Whether b differs from a beyond the noise: by more than three times the root of the sum of squares of both deviations (each
 * 1.4826 times the median absolute deviation), and by more than a twentieth.
 */
export function judge(a: Summary, b: Summary): Verdict {
  if (a.count < LEAST_COUNT || b.count < LEAST_COUNT) return 'too few runs';
  const difference = b.median - a.median;
  const noise = BEYOND * DEVIATIONS_PER_MAD * Math.hypot(a.mad, b.mad);
  if (Math.abs(difference) <= Math.max(noise, LEAST_CHANGE * a.median)) return 'within noise';
  return difference < 0 ? 'faster' : 'slower';
}

/** Exponent p of the power law y = c x^p nearest to the points: the slope of the line through their logarithms. */
export function growthExponent(points: readonly { readonly x: number; readonly y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    logs.reduce((sum, point) => sum + pick(point), 0) / logs.length;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  return mean(({ x, y }) => (x - mx) * (y - my)) / mean(({ x }) => (x - mx) ** 2);
}
