import { NO_SAMPLE } from '../../../engine/ops/data/noSample.js';
import { Random } from '../../../engine/random/random.js';

/**
 * Whole batches of the indices below `count` in random order; a remainder is dropped.
 * @param purpose names the random stream, together with seed and epoch
 */
export function shuffledBatches(
  count: number,
  batch: number,
  seed: number,
  purpose: string,
  epoch: number,
): Uint32Array[] {
  const order = new Random(seed, `${purpose}/epoch ${epoch}`).shuffle(Uint32Array.from({ length: count }, (_, i) => i));
  const batches: Uint32Array[] = [];
  for (let start = 0; start + batch <= count; start += batch) batches.push(order.slice(start, start + batch));
  return batches;
}

/** All indices in order; the last batch is padded with NO_SAMPLE. */
export function sequentialBatches(count: number, batch: number): Uint32Array[] {
  const batches: Uint32Array[] = [];
  for (let start = 0; start < count; start += batch)
    batches.push(Uint32Array.from({ length: batch }, (_, i) => (start + i < count ? start + i : NO_SAMPLE)));
  return batches;
}

/** Number of whole batches in an epoch. */
export function batchesPerEpoch(count: number, batch: number): number {
  return Math.floor(count / batch);
}
