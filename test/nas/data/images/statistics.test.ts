import { describe, expect, it } from 'vitest';
import { channelStatistics, classCounts } from '../../../../src/nas/data/images/statistics.js';

describe('statistics of a split', () => {
  it('has the mean and population deviation of every channel', () => {
    const split = {
      count: 2,
      pixels: Uint8Array.from([0, 51, 102, 255, 51, 204]),
      labels: Uint16Array.from([0, 1]),
    };
    const { mean, std } = channelStatistics(split, 3);
    expect(mean).toEqual([0.5, 0.2, 0.6]);
    expect(std[0]).toBeCloseTo(0.5, 12);
    expect(std[1]).toBe(0);
    expect(std[2]).toBeCloseTo(0.2, 12);
  });

  it('counts the images of every class, absent ones too', () => {
    const split = { count: 3, pixels: new Uint8Array(3), labels: Uint16Array.from([2, 0, 2]) };
    expect(classCounts(split, 4)).toEqual([1, 0, 2, 0]);
  });
});
