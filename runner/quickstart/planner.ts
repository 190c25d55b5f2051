import type { NetworkSize, SizeTimes } from '../tools/stepTimer.js';
import { LADDER, NETWORK_SIZES, type Rung } from './sizes.js';

export interface Plan {
  /** Place in the ladder. */
  readonly rung: number;
  /** Predicted seconds of the study. */
  readonly seconds: number;
  /** False: even the smallest study takes longer than there is time. */
  readonly fits: boolean;
}

/** Jobs of the study's shape: methods that need training, times two sources and two seeds. */
const SEARCHES = 4;
const TRAININGS = 12;

/** A forward pass on test images against a step of training. */
const FORWARD_SHARE = 0.4;

/** Kernels that other cells need besides those of the measured one, as a share of its time to compile. */
const COMPILE_SHARE = 0.25;

/** How much of the time the longest study of a size may leave unused before the next size is worth measuring. */
const UNUSED_SHARE = 0.5;

/** Seconds that a study takes on a device with these times. */
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

/** The rungs of the measured sizes, with what they would take. */
function predictions(measured: ReadonlyMap<number, SizeTimes>): { rung: number; size: number; seconds: number }[] {
  return LADDER.flatMap((rung, i) => {
    const size = sizeOf(rung);
    const times = measured.get(size);
    return times ? [{ rung: i, size, seconds: predictSeconds(rung, times) }] : [];
  });
}

/** The place of the size to measure next: larger ones while a size's longest study leaves much of the time unused. */
export function nextSize(measured: ReadonlyMap<number, SizeTimes>, seconds: number): number | undefined {
  const top = Math.max(-1, ...measured.keys());
  const longest = predictions(measured).at(-1);
  const leavesMuch = !longest || longest.seconds <= UNUSED_SHARE * seconds;
  return leavesMuch && top + 1 < NETWORK_SIZES.length ? top + 1 : undefined;
}

/** The largest study of the measured sizes that fits into so many seconds; otherwise the smallest. */
export function choosePlan(measured: ReadonlyMap<number, SizeTimes>, seconds: number): Plan {
  const known = predictions(measured);
  const fitting = known.filter((one) => one.seconds <= seconds).at(-1);
  const { rung, seconds: predicted } = fitting ?? known[0];
  return { rung, seconds: predicted, fits: fitting !== undefined };
}

/** Measures sizes until a plan can be made. @param secondsLeft asked anew after every measurement, for it takes time itself */
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
