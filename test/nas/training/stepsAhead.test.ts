import { expect, it } from 'vitest';
import { waitsAfter } from '../../../src/nas/training/stepsAhead.js';

const waited = (steps: number, before: number, ahead: number) =>
  Array.from({ length: steps }, (_, index) => index).filter((index) => waitsAfter(index, before, ahead));

it('a training waits for its first two steps, and then after every fixed number of steps of an epoch', () => {
  expect(waited(20, 0, 8)).toEqual([0, 1, 7, 15]);
  expect(waited(20, 20, 8)).toEqual([7, 15]);
  // An epoch of one step: the second step of the training is in the second epoch.
  expect([waited(1, 0, 8), waited(1, 1, 8), waited(1, 2, 8)]).toEqual([[0], [0], []]);
});
