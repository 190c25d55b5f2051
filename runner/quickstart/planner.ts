import type { NetworkSize, SizeTimes } from '../tools/stepTimer.js';
import { LADDER, NETWORK_SIZES, type Rung } from './sizes.js';

export interface Plan {
  /** Index in LADDER. */
  readonly rung: number;
  /** Predicted seconds of the study. */
  readonly seconds: number;
  /** False when even the smallest study takes longer than the time given. */
  readonly fits: boolean;
}

/** Numbers of jobs: methods that need training, times two sources and two seeds. */
const SEARCHES = 4;
const TRAININGS = 12;

/** Time of a forward pass on test images relative to a training step. */
const FORWARD_SHARE = 0.4;

/** Compile time of further kernels that other cells need, as a share of the measured compile time. */
const COMPILE_SHARE = 0.25;

/** The next size is measured if the longest study of a size leaves more than this share of the time unused. */
const UNUSED_SHARE = 0.5;

/** Estimated seconds of a study from measured times. */
export function predictSeconds({ size, length }: Rung, { compile, training, search }: SizeTimes): number {
  const batches = (images: number) => Math.max(1, Math.floor(images / size.batch));
  const half = length.sourceImages / 2;
  const network = (images: number, epochs: number, test: number) =>
    training.build + training.step * (batches(images) * epochs + FORWARD_SHARE * batches(test));
  const evolution = length.candidates * network(half, length.fitnessEpochs, half);
  const darts = search.build + search.step * batches(half) * length.searchEpochs;
  return (
    COMPILE_SHARE * compile +
    SEARCHES * (evolution + darts) +
    TRAININGS * network(length.targetImages, length.trainingEpochs, length.testImages)
  );
}

const sizeOf = (rung: Rung) => NETWORK_SIZES.indexOf(rung.size);

/** The studies of the measured sizes, with their estimated seconds. */
function predictions(measured: ReadonlyMap<number, SizeTimes>): { rung: number; size: number; seconds: number }[] {
  return LADDER.flatMap((rung, i) => {
    const size = sizeOf(rung);
    const times = measured.get(size);
    return times ? [{ rung: i, size, seconds: predictSeconds(rung, times) }] : [];
  });
}

/** Index of the size to measure next; undefined when no larger one can fit. */
export function nextSize(measured: ReadonlyMap<number, SizeTimes>, seconds: number): number | undefined {
  const top = Math.max(-1, ...measured.keys());
  const longest = predictions(measured).at(-1);
  const leavesMuch = !longest || longest.seconds <= UNUSED_SHARE * seconds;
  return leavesMuch && top + 1 < NETWORK_SIZES.length ? top + 1 : undefined;
}

/** The largest study of the measured sizes that fits into the given seconds, or the smallest if none fits. */
export function choosePlan(measured: ReadonlyMap<number, SizeTimes>, seconds: number): Plan {
  const known = predictions(measured);
  const fitting = known.filter((one) => one.seconds <= seconds).at(-1);
  const { rung, seconds: predicted } = fitting ?? known[0];
  return { rung, seconds: predicted, fits: fitting !== undefined };
}

/** Measures sizes until a plan can be made. @param secondsLeft called after every measurement, which takes time itself */
export async function planQuickstart(
  measure: (size: NetworkSize) => Promise<SizeTimes> | SizeTimes,
  secondsLeft: () => number,
): Promise<Plan & { readonly measured: ReadonlyMap<number, SizeTimes> }> {
  const measured = new Map<number, SizeTimes>();
  for (;;) {
    const size = nextSize(measured, secondsLeft());
    if (size === undefined) return { ...choosePlan(measured, secondsLeft()), measured };
    measured.set(size, await measure(NETWORK_SIZES[size]));
  }
}
