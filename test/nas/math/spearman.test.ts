import { describe, expect, it } from 'vitest';
import { spearman } from '../../../src/nas/math/spearman.js';
import golden from './golden/spearman.json' with { type: 'json' };

describe('Spearman’s rank correlation', () => {
  it.each(golden.cases)('equals SciPy’s, ties included, for $x.length values', ({ x, y, spearman: wanted }) => {
    expect(spearman(x, y)).toBeCloseTo(wanted, 12);
  });

  it('depends on the order only', () => {
    expect(spearman([1, 2, 3, 4], [0.1, 0.2, 100, 1e9])).toBe(1);
    expect(spearman([1, 2, 3, 4], [4, 3, 2, Number.NEGATIVE_INFINITY])).toBe(-1);
  });

  it('is not defined if there is no order', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1], [2])).toBeNull();
    expect(spearman([], [])).toBeNull();
  });

  it('refuses values without a rank, and lists of different lengths', () => {
    expect(() => spearman([1, Number.NaN], [1, 2])).toThrow('spearman: got NaN');
    expect(() => spearman([1], [1, 2])).toThrow('spearman: got 1 and 2 values');
  });
});
