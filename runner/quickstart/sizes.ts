import { DEFAULT_SPACE, spaceByName } from '../../src/nas/spaces/index.js';
import type { NetworkSize } from '../tools/stepTimer.js';

/** How much of it there is. */
export interface StudyLength {
  readonly sourceImages: number;
  readonly searchEpochs: number;
  /** Number of candidates that evolution trains, and epochs of each training. */
  readonly candidates: number;
  readonly fitnessEpochs: number;
  readonly targetImages: number;
  readonly testImages: number;
  readonly trainingEpochs: number;
}

/** One study of the ladder. */
export interface Rung {
  readonly size: NetworkSize;
  readonly length: StudyLength;
}

/** Networks of the study's space, and the architecture whose steps are timed. */
const quickstart = spaceByName(DEFAULT_SPACE).sizes.quickstart!;
export const NETWORK_SIZES: readonly NetworkSize[] = quickstart.networks;
export const TYPICAL_ARCHITECTURE = quickstart.typical;

const lengths = (
  [
    [512, 2, 4, 1, 768, 512, 2],
    [512, 2, 4, 1, 1024, 512, 2],
    [512, 4, 6, 2, 1024, 1024, 3],
    [512, 6, 8, 2, 1024, 1024, 5],
    [1024, 6, 10, 3, 2048, 2048, 5],
    [2048, 8, 12, 4, 4096, 4096, 8],
    [4096, 12, 16, 5, 10_000, 10_000, 10],
  ] as const
).map(
  ([sourceImages, searchEpochs, candidates, fitnessEpochs, targetImages, testImages, trainingEpochs]): StudyLength => ({
    sourceImages,
    searchEpochs,
    candidates,
    fitnessEpochs,
    targetImages,
    testImages,
    trainingEpochs,
  }),
);

const rung = (size: number, length: number): Rung => ({ size: NETWORK_SIZES[size], length: lengths[length] });

/** All studies that quickstart may choose, in ascending order: none is smaller than the one before in any setting. */
export const LADDER: readonly Rung[] = [
  rung(0, 0),
  rung(0, 1),
  rung(0, 2),
  rung(0, 3),
  rung(1, 3),
  rung(1, 4),
  rung(2, 4),
  rung(3, 4),
  rung(3, 5),
  rung(4, 5),
  rung(4, 6),
  rung(5, 6),
];
