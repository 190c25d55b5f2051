import { describe, expect, it } from 'vitest';
import { supernetDoubts, trainingDoubts } from '../../../runner/study/doubts.js';
import type { ImageSet } from '../../../src/nas/data/images/imageSet.js';
import type { EpochRecord } from '../../../src/nas/records/epochRecord.js';
import type { SearchOutcome } from '../../../src/nas/records/outcome.js';
import { tinyProtocol } from '../../nas/training/trainingRun.js';

const split = (count: number) => ({
  count,
  pixels: new Uint8Array(count),
  labels: Uint16Array.from({ length: count }, (_, i) => i % 10),
});
const digits: ImageSet = {
  name: 'digits',
  height: 1,
  width: 1,
  channels: 1,
  classes: [...'0123456789'],
  train: split(480),
  test: split(400),
};

/** 480 images in batches of 32: fifteen steps per epoch. */
const protocol = { ...tinyProtocol, batch: 32, epochs: 100 };

const record = (trainLoss: number): EpochRecord => ({ epoch: 1, learningRate: 0.1, trainLoss, trainAccuracy: 0.5 });
const doubtsOf = (accuracy: number, { epochs = 100, loss = 1.2, limit = undefined as number | undefined } = {}) =>
  trainingDoubts({ accuracy, loss, epochs: [record(loss)] }, { ...protocol, epochs }, digits, { limit });

describe('a training', () => {
  it('that cannot be distinguished from guessing is reported, with the accuracy of guessing and what to do', () => {
    const [doubt, ...others] = doubtsOf(0.108);
    expect(others).toEqual([]);
    expect(doubt).toContain('test accuracy 10.8 % is not significantly above chance');
    expect(doubt).toContain('the most frequent class has 10.0 %');
    // The least k with P(X >= k) <= 5 % for 400 images at one tenth is 51 (normal approximation with continuity: 50.4).
    expect(doubt).toContain('on 400 test images less than 12.8 % may be chance');
    for (const remedy of ['--epochs', '--batch', '--learning-rate']) expect(doubt).toContain(remedy);
  });

  it.each([
    [50 / 400, 1],
    [51 / 400, 0],
    [0.9, 0],
  ])('of accuracy %d on 400 images of ten classes has %i doubts', (accuracy, count) => {
    expect(doubtsOf(accuracy)).toHaveLength(count);
  });

  it('of fewer than 300 steps is reported, with its steps and the epochs that would be enough', () => {
    expect(doubtsOf(0.5, { epochs: 20 })).toEqual([]);
    expect(doubtsOf(0.5, { epochs: 19 })).toEqual([
      'the training made 285 steps, 15 in an epoch; some hundreds are needed. Try --epochs 20 or more, or a smaller --batch than 32',
    ]);
    // A batch larger than the number of images is one step per epoch.
    expect(doubtsOf(0.5, { limit: 20 })[0]).toContain('made 100 steps, 1 in an epoch');
  });

  it('whose loss is not a number has diverged', () => {
    expect(doubtsOf(0.1, { loss: Number.NaN })[0]).toMatch(/training diverged.*--learning-rate/);
    // As stored in JSON.
    expect(doubtsOf(0.1, { loss: null as unknown as number })[0]).toContain('the training diverged');
  });
});

describe('a search on a supernet', () => {
  const outcome = (epochs: number, shares: Record<string, number>): SearchOutcome => ({
    architecture: 'a cell',
    evaluations: [],
    epochs: Array.from({ length: epochs }, () => ({
      ...record(1),
      telemetry: { tables: [{ name: 'cell', shares, skips: 0 }] },
    })),
  });
  const moved = { none: 0.1, skip: 0.3, conv: 0.6 };

  it('of enough steps whose shares changed has no warnings', () => {
    expect(supernetDoubts(outcome(20, moved), protocol, 480)).toEqual([]);
  });

  it('of few steps is reported, by the epochs that it really made', () => {
    const [doubt, ...others] = supernetDoubts(outcome(4, moved), protocol, 480);
    expect(others).toEqual([]);
    expect(doubt).toContain('the search made 60 steps, 15 in an epoch');
  });

  it('whose shares are nearly equal at its end is reported as close to a random one', () => {
    const [doubt] = supernetDoubts(outcome(20, { none: 0.34, skip: 0.33, conv: 0.33 }), protocol, 480);
    expect(doubt).toContain('the shares of operations hardly changed');
    expect(doubt).toContain('alphaLearningRate');
  });
});
