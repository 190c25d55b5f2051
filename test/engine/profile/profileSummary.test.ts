import { describe, expect, it } from 'vitest';
import type { KernelTime } from '../../../src/engine/profile/profile.js';
import { summariseProfile, summaryTable } from '../../../src/engine/profile/profileSummary.js';

const time = (
  operation: string,
  kernel: string,
  nanoseconds: number,
  multiplyAdds: number,
  bytes: number,
): KernelTime => ({
  label: `${operation}: ${kernel}`,
  operation,
  kernel,
  grid: [1, 1, 1],
  startNanoseconds: 0,
  nanoseconds,
  multiplyAdds,
  bytes,
});

const ceilings = { gflops: 100, gigabytesPerSecond: 10 };
const kernels = [
  // At 100 GFLOP/s 2e6 operations take 20 us, at 10 GB/s 1e5 bytes take 10 us.
  time('conv2d', 'conv/conv2d', 40_000, 1e6, 1e5),
  time('conv2dInputGradient', 'conv/conv2d', 60_000, 1e6, 1e5),
  time('relu', 'elementwise/relu', 100_000, 0, 5e5),
  time('conv2d', 'reduce/columnSums', 0, 0, 0),
];

describe('the summary of a profile', () => {
  it('adds up time, multiply-adds and bytes by kernel, longest first', () => {
    const summary = summariseProfile({ kernels }, ceilings);
    expect(summary.milliseconds).toBeCloseTo(0.2, 12);
    expect(summary.kernels.map(({ name }) => name)).toEqual(['conv/conv2d', 'elementwise/relu', 'reduce/columnSums']);
    expect(summary.kernels[0]).toMatchObject({ dispatches: 2, multiplyAdds: 2e6, bytes: 2e5, share: 0.5 });
    // 4e6 operations and 2e5 bytes in 1e5 ns.
    expect(summary.kernels[0].gflops).toBeCloseTo(40, 9);
    expect(summary.kernels[0].gigabytesPerSecond).toBeCloseTo(2, 9);
  });

  it('and by operation', () => {
    const { operations } = summariseProfile({ kernels }, ceilings);
    expect(operations.map(({ name, dispatches }) => [name, dispatches])).toEqual([
      ['relu', 1],
      ['conv2dInputGradient', 1],
      ['conv2d', 2],
    ]);
  });

  it('compares each row with the ceiling that limits it', () => {
    const [dense, relu] = summariseProfile({ kernels }, ceilings).kernels;
    expect([dense.bound, relu.bound]).toEqual(['compute', 'memory']);
    expect(dense.ofCeiling).toBeCloseTo(0.4, 9);
    expect(relu.ofCeiling).toBeCloseTo(0.5, 9);
  });

  it('has no rates where no time was measured, rather than infinite ones', () => {
    const row = summariseProfile({ kernels }, ceilings).kernels[2];
    expect([row.gflops, row.gigabytesPerSecond, row.ofCeiling, row.share]).toEqual([0, 0, 0, 0]);
    expect(summariseProfile({ kernels: [] }, ceilings)).toMatchObject({ milliseconds: 0, kernels: [], operations: [] });
  });

  it('is a table, without GFLOP/s for kernels without multiply-adds', () => {
    const { header, cells } = summaryTable(summariseProfile({ kernels }, ceilings).kernels, 'kernel');
    expect(header).toEqual(['kernel', 'ms', '%', 'count', 'GFLOP/s', 'GB/s', 'bound', 'of ceiling %']);
    expect(cells[0]).toEqual(['conv/conv2d', '0.100', '50.0', '2', '40.00', '2.00', 'compute', '40.0']);
    expect(cells[1]).toEqual(['elementwise/relu', '0.100', '50.0', '1', '', '5.00', 'memory', '50.0']);
  });
});
