import { chanceAccuracy, type ImageSet, subset } from '../../src/nas/data/index.js';
import { hitsBeyondChance } from '../../src/nas/math/index.js';
import type { Protocol, SearchOutcome, TrainingOutcome } from '../../src/nas/records/index.js';
import { batchesPerEpoch } from '../../src/nas/training/index.js';
import type { StudyTarget } from '../../src/nas/transfer/index.js';
import { percent, plural } from '../progress/numbers.js';

/** With fewer optimiser steps, a network, or a supernet's architecture parameters, hardly learns. */
const FEW_STEPS = 300;

/** Shares of operations that differ by less than this part of their mean have hardly changed from their initial equality. */
const MOVED = 0.1;

/** Reasons to distrust the outcome of a training, and what to try. */
export function trainingDoubts(
  { accuracy, loss, epochs }: Pick<TrainingOutcome, 'accuracy' | 'loss' | 'epochs'>,
  protocol: Protocol,
  set: ImageSet,
  { limit, testLimit }: Pick<StudyTarget, 'limit' | 'testLimit'>,
): string[] {
  const doubts: string[] = [];
  const test = subset(set.test, testLimit, 0);
  const chance = chanceAccuracy(test, set.classes.length);
  const least = hitsBeyondChance(test.count, chance);
  const last = epochs.at(-1)?.trainLoss;
  if (!Number.isFinite(loss ?? Number.NaN) || (last !== undefined && !Number.isFinite(last ?? Number.NaN)))
    doubts.push('the loss is not a finite number: the training diverged. Try a lower --learning-rate');
  if (Math.round(accuracy * test.count) < least)
    doubts.push(
      `test accuracy ${percent(accuracy)} % is not significantly above chance: always predicting the most frequent class has ${percent(chance)} %, ` +
        `and on ${plural(test.count, 'test image')} less than ${percent(least / test.count)} % may be chance (one-sided binomial test, 5 %). ` +
        'Try more --epochs, a smaller --batch, another --learning-rate, or an architecture with convolutions',
    );
  return [...doubts, ...fewSteps('training', protocol, Math.min(set.train.count, limit ?? set.train.count))];
}

/** Reasons to distrust the outcome of a search on a supernet. @param images number of images in an epoch */
export function supernetDoubts({ epochs }: SearchOutcome, protocol: Protocol, images: number): string[] {
  if (epochs.length === 0) return [];
  const tables = epochs.at(-1)?.telemetry?.tables ?? [];
  const still = tables.filter(({ shares }) => {
    const values = Object.values(shares);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.max(...values) - Math.min(...values) < MOVED * mean;
  });
  return [
    ...fewSteps('search', { ...protocol, epochs: epochs.length }, images),
    ...(tables.length > 0 && still.length === tables.length
      ? [
          'the shares of operations hardly changed: at the end they differ by less than a tenth of their mean, so the architecture is close to a random one. Try more --epochs, a smaller --batch or a higher learning rate of the architecture parameters (--option alphaLearningRate=…)',
        ]
      : []),
  ];
}

function fewSteps(what: string, { epochs, batch }: Pick<Protocol, 'epochs' | 'batch'>, images: number): string[] {
  const perEpoch = Math.max(1, batchesPerEpoch(images, Math.min(batch, images)));
  const steps = epochs * perEpoch;
  if (steps >= FEW_STEPS) return [];
  const wanted = Math.ceil(FEW_STEPS / perEpoch);
  return [
    `the ${what} made ${plural(steps, 'step')}, ${perEpoch} in an epoch; some hundreds are needed. Try --epochs ${wanted} or more, or a smaller --batch than ${batch}`,
  ];
}
