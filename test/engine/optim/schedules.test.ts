import { describe, expect, it } from 'vitest';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import { constant, cosine, linear } from '../../../src/engine/optim/schedules.js';

describe('schedules', () => {
  it('follow half a cosine from the initial to the final value', () => {
    const rate = cosine({ initial: 0.025, final: 0.001, steps: 50 });
    expect(rate(0)).toBe(0.025);
    expect(rate(25)).toBeCloseTo(0.013, 12);
    // CosineAnnealingLR(T_max=50, eta_min=0.001) of PyTorch after 10 steps from 0.025.
    expect(rate(10)).toBeCloseTo(0.022708203932499369, 12);
    expect(rate(50)).toBeCloseTo(0.001, 12);
  });

  it('follow a straight line to zero where no final value is given', () => {
    const rate = linear({ initial: 1, steps: 4 });
    expect([0, 1, 2, 3, 4].map(rate)).toEqual([1, 0.75, 0.5, 0.25, 0]);
  });

  it('stay at the final value after the last step', () => {
    for (const make of [cosine, linear]) expect(make({ initial: 1, final: 0.5, steps: 4 })(9)).toBe(0.5);
  });

  it('rise linearly in the warm-up, then start from the initial value', () => {
    const warm = { initial: 1, steps: 8, warmUp: 4 };
    expect([0, 1, 2, 3, 4, 5].map(constant(warm))).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
    expect([3, 4, 6, 8].map(linear(warm))).toEqual([1, 1, 0.5, 0]);
    expect(cosine(warm)(6)).toBeCloseTo(0.5, 12);
  });

  it('reject invalid steps, warm-ups and values', () => {
    expect(() => cosine({ initial: 1, steps: 0 })).toThrow(/steps is 0, wanted a positive integer/);
    expect(() => linear({ initial: 1, steps: 4, warmUp: 4 })).toThrow(/warmUp is 4/);
    expect(() => constant({ initial: Number.NaN, steps: 4 })).toThrow(AttributeError);
  });
});
