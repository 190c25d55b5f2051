import { AttributeError } from '../../../engine/errors/errors.js';
import { Random } from '../../../engine/random/random.js';
import type { ImageSplit } from './imageSet.js';
import { classCounts } from './statistics.js';

/** Image indices of every class, ascending. */
export function indicesByClass(split: ImageSplit, classes: number): number[][] {
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const [i, label] of split.labels.entries()) byClass[label].push(i);
  return byClass;
}

/** The images at `indices`, in that order; `relabel` gives new class indices. Pixels are copied. */
export function takeImages(split: ImageSplit, indices: readonly number[], relabel?: readonly number[]): ImageSplit {
  const imageBytes = split.pixels.length / split.count;
  const pixels = new Uint8Array(indices.length * imageBytes);
  const labels = new Uint16Array(indices.length);
  for (const [i, from] of indices.entries()) {
    pixels.set(split.pixels.subarray(from * imageBytes, (from + 1) * imageBytes), i * imageBytes);
    labels[i] = relabel ? relabel[split.labels[from]] : split.labels[from];
  }
  return { count: indices.length, pixels, labels };
}

/**
 * Distributes `total` images over classes in proportion to `available` (largest remainder method, ties to the lower class). Where
 * `total` suffices, every class that has images gets at least one.
 */
export function classQuotas(available: readonly number[], total: number): number[] {
  const sum = available.reduce((a, b) => a + b, 0);
  if (total >= sum) return [...available];
  const least = total >= available.filter((n) => n > 0).length ? 1 : 0;
  const ideal = available.map((n) => (n * total) / sum);
  const quotas = ideal.map((share, i) => Math.max(Math.floor(share), Math.min(least, available[i])));
  const largest = (score: (i: number) => number, allowed: (i: number) => boolean): number => {
    let best = -1;
    for (let i = 0; i < quotas.length; i++) if (allowed(i) && (best < 0 || score(i) > score(best))) best = i;
    return best;
  };
  let drawn = quotas.reduce((a, b) => a + b, 0);
  for (; drawn < total; drawn++)
    quotas[
      largest(
        (i) => ideal[i] - quotas[i],
        (i) => quotas[i] < available[i],
      )
    ]++;
  for (; drawn > total; drawn--)
    quotas[
      largest(
        (i) => quotas[i] - ideal[i],
        (i) => quotas[i] > least,
      )
    ]--;
  return quotas;
}

/**
 * Samples `quotas[c]` images of every class c without replacement. Each class is shuffled and its first images taken, so that with
 * equal seeds a smaller sample is a subset of a larger one.
 */
export function drawByClass(byClass: readonly number[][], quotas: readonly number[], random: Random): number[][] {
  return byClass.map((indices, c) => random.shuffle([...indices]).slice(0, quotas[c]));
}

/**
 * Class-stratified sample of at most `limit` images, in random order; all images, shuffled, where `limit` is undefined or not smaller.
 * Draws: (seed, 'subset-images'), (seed, 'subset-order').
 * @throws {AttributeError} when `limit` is not a positive integer
 */
export function subset(split: ImageSplit, limit: number | undefined, seed: number): ImageSplit {
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1)) {
    throw new AttributeError(`subset: limit is ${limit}, wanted a positive integer`);
  }
  const classes = labelBound(split);
  const quotas = classQuotas(classCounts(split, classes), limit ?? split.count);
  const drawn = drawByClass(indicesByClass(split, classes), quotas, new Random(seed, 'subset-images')).flat();
  return takeImages(split, new Random(seed, 'subset-order').shuffle(drawn));
}

/**
 * Divides a split in two disjoint parts: a class-stratified `fraction` (0..1, exclusive) for validation and the rest for training.
 * Draws: (seed, 'validation-images'), (seed, 'validation-order').
 * @throws {AttributeError} when a part would be empty
 */
export function validationSplit(
  split: ImageSplit,
  fraction: number,
  seed: number,
): { train: ImageSplit; validation: ImageSplit } {
  const wanted = Math.round(fraction * split.count);
  if (!(wanted >= 1 && wanted < split.count)) {
    throw new AttributeError(
      `validationSplit: fraction ${fraction} of ${split.count} images is ${wanted}, wanted at least 1 and fewer than all`,
    );
  }
  const classes = labelBound(split);
  const byClass = indicesByClass(split, classes);
  const quotas = classQuotas(classCounts(split, classes), wanted);
  const validation = drawByClass(byClass, quotas, new Random(seed, 'validation-images')).flat();
  const chosen = new Set(validation);
  const order = new Random(seed, 'validation-order');
  const train = Array.from({ length: split.count }, (_, i) => i).filter((i) => !chosen.has(i));
  return {
    train: takeImages(split, order.shuffle(train)),
    validation: takeImages(split, order.shuffle(validation)),
  };
}

function labelBound(split: ImageSplit): number {
  let bound = 0;
  for (const label of split.labels) if (label >= bound) bound = label + 1;
  return bound;
}
