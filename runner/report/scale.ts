/** A linear axis: maps values to 0 to 1, and has round tick values. */
export interface Scale {
  readonly ticks: readonly number[];
  /** Decimals of the tick labels. */
  readonly digits: number;
  at(value: number): number;
}

/** Smaller differences, relative to the values and absolute, count as rounding errors. */
const NEGLIGIBLE = 1e-9;

/** An axis over all finite values with padding at both ends; the padding does not exceed `bounds`. */
export function scaleOver(
  values: readonly number[],
  tickCount: number,
  bounds: { readonly min?: number; readonly max?: number } = {},
): Scale {
  const finite = values.filter(Number.isFinite);
  const low = finite.length > 0 ? finite.reduce((a, b) => Math.min(a, b)) : 0;
  const high = finite.length > 0 ? finite.reduce((a, b) => Math.max(a, b)) : 1;
  const size = Math.max(Math.abs(low), Math.abs(high));
  const apart = high - low > NEGLIGIBLE * Math.max(size, 1);
  const room = apart ? 0.06 * (high - low) : size > NEGLIGIBLE ? 0.1 * size : 1;
  const min = Math.max(low - room, Math.min(low, bounds.min ?? -Infinity));
  const max = Math.min(high + room, Math.max(high, bounds.max ?? Infinity));
  // A single tick would show no distance.
  const steps = [tickCount, 2 * tickCount].map((count) => roundStep((max - min) / count));
  const step = steps.find((one) => ticksBetween(min, max, one).length > 1) ?? steps[1];
  const ticks = ticksBetween(min, max, step);
  return {
    ticks,
    digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)),
    at: (value) => (value - min) / (max - min),
  };
}

function ticksBetween(min: number, max: number, step: number): number[] {
  const ticks: number[] = [];
  // Adding 0 turns -0 into 0.
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + 1e-9 * step; i++) ticks.push(i * step + 0);
  return ticks;
}

/** The smallest of 1, 2, 5 times a power of ten that is not below `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return (([1, 2, 5].find((factor) => factor * power >= step * (1 - 1e-9)) ?? 10) as number) * power;
}
