import type { Random } from '../../../../engine/random/random.js';
import { type KernelDensity, type KernelSettings, kernelDensity } from './kernelDensity.js';

/** A result on one rung: chosen options, and accuracy. */
export interface Observation {
  readonly decisions: readonly number[];
  readonly fitness: number;
}

/** Densities of the better and the worse results; what is likely by the first and not by the second is promising. */
export interface Model {
  readonly good: KernelDensity;
  readonly bad: KernelDensity;
}

/**
 * The model of one rung: the densities of the `goodFraction` best and of the others, each of d + 1 results at least.
 * Undefined while there are not enough for both.
 */
export function fitModel(
  results: readonly Observation[],
  sizes: readonly number[],
  goodFraction: number,
  kernel: KernelSettings,
): Model | undefined {
  const least = sizes.length + 1;
  const count = (fraction: number) => Math.max(least, Math.floor(fraction * results.length + 1e-9));
  const data = [...results].sort((a, b) => b.fitness - a.fitness).map(({ decisions }) => decisions);
  const split = count(goodFraction);
  const good = data.slice(0, split);
  const bad = data.slice(split, split + count(1 - goodFraction));
  if (good.length < least || bad.length < least) return undefined;
  return { good: kernelDensity(good, sizes, kernel), bad: kernelDensity(bad, sizes, kernel) };
}

/** The model of the highest rung that has one. */
export function highestModel(
  results: readonly Observation[],
  rungs: readonly number[],
  modelOf: (results: readonly Observation[]) => Model | undefined,
): Model | undefined {
  for (let rung = Math.max(-1, ...rungs); rung >= 0; rung--) {
    const model = modelOf(results.filter((_, i) => rungs[i] === rung));
    if (model) return model;
  }
  return undefined;
}

/**
 * Of `samples` vectors sampled from the good density, the one with the lowest ratio bad / good; undefined when none that is
 * `allowed` has a finite ratio. One with a finite good density but no finite ratio is returned at once, as HpBandSter does:
 * this can only be where the worse results lack one of its options altogether.
 */
export function promising(
  { good, bad }: Model,
  sizes: readonly number[],
  samples: number,
  random: Random,
  allowed: (vector: readonly number[]) => boolean,
): readonly number[] | undefined {
  const floor = 1e-32;
  let best: readonly number[] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < samples; sample++) {
    const datum = random.choice(good.data);
    const vector = datum.map((option, i) =>
      random.uniform() < 1 - good.bandwidths[i] ? option : random.integer(sizes[i]),
    );
    if (!allowed(vector)) continue;
    const likely = good.density(vector);
    const unlikely = bad.density(vector);
    const ratio = (unlikely > floor ? unlikely : floor) / Math.max(likely, floor);
    if (!Number.isFinite(ratio) && Number.isFinite(likely)) return vector;
    if (ratio < least) [least, best] = [ratio, vector];
  }
  return best;
}
