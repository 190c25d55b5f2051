import { AttributeError } from '../../engine/errors/errors.js';
import type { ImageSplit } from '../data/images/imageSet.js';
import { takeImages } from '../data/images/selection.js';
import { channelStatistics } from '../data/images/statistics.js';
import type { ImageShape } from '../data/images/transform.js';
import { shuffledBatches } from '../training/loop/batches.js';
import type { Score, ScoreContext } from './score.js';

/** Scores of one architecture; null where a score is not defined or not finite. */
export interface EvaluatedScores {
  readonly scores: Readonly<Record<string, number | null>>;
  /** The time of a shared pass over the network is divided equally among its scores. */
  readonly seconds: Readonly<Record<string, number>>;
}

/**
 * Evaluates scores of one architecture.
 * @param scores those that share a pass next to each other
 * @throws the context's signal's reason when it aborts
 */
export async function evaluateScores(
  scores: readonly Score[],
  context: ScoreContext,
  architecture: unknown,
): Promise<EvaluatedScores> {
  const values: Record<string, number | null> = {};
  const seconds: Record<string, number> = {};
  for (const score of scores) {
    context.signal?.throwIfAborted();
    const start = performance.now();
    const value = await score.evaluate(context, architecture);
    values[score.name] = Number.isFinite(value) ? value : null;
    seconds[score.name] = (performance.now() - start) / 1000;
  }
  for (const pass of new Set(scores.flatMap(({ sharedPass }) => sharedPass ?? []))) {
    const names = scores.filter(({ sharedPass }) => sharedPass === pass).map(({ name }) => name);
    const share = names.reduce((sum, name) => sum + seconds[name], 0) / names.length;
    for (const name of names) seconds[name] = share;
  }
  return { scores: values, seconds };
}

/**
 * One random batch of a split, normalised by the split's own statistics.
 * @throws {AttributeError} when the split has fewer images
 */
export function scoreBatch(
  split: ImageSplit,
  { channels }: ImageShape,
  { batch, seed }: { readonly batch: number; readonly seed: number },
): Pick<ScoreContext, 'images' | 'labels' | 'batch' | 'seed'> {
  if (split.count < batch)
    throw new AttributeError(`scores: got a batch of ${batch} of ${split.count} images, wanted at most as many`);
  const [indices] = shuffledBatches(split.count, batch, seed, 'score batch', 0);
  const chosen = takeImages(split, [...indices]);
  const { mean, std } = channelStatistics(split, channels);
  const images = Float32Array.from(chosen.pixels, (byte, i) => {
    const channel = i % channels;
    return (byte / 255 - mean[channel]) / (std[channel] || 1);
  });
  return { images, labels: Uint32Array.from(chosen.labels), batch, seed };
}
