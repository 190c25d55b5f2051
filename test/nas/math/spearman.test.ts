import { describe, expect, it } from 'vitest';
import { spearman } from '../../../src/nas/math/spearman.js';
import golden from './golden/spearman.json' with { type: 'json' };

describe('Spearman’s rank correlation', () => {
  it.each(golden.cases)('is SciPy’s, ties and all, of $x.length values', ({ x, y, spearman: wanted }) => {
    expect(spearman(x, y)).toBeCloseTo(wanted, 12);
  });

  it('looks at the order alone', () => {
    expect(spearman([1, 2, 3, 4], [0.1, 0.2, 100, 1e9])).toBe(1);
    expect(spearman([1, 2, 3, 4], [4, 3, 2, Number.NEGATIVE_INFINITY])).toBe(-1);
  });

  it('is not defined where there is no order', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1], [2])).toBeNull();
    expect(spearman([], [])).toBeNull();
  });

  it('refuses values without a rank, and lists that do not pair', () => {
    expect(() => spearman([1, Number.NaN], [1, 2])).toThrow('spearman: got NaN');
    expect(() => spearman([1], [1, 2])).toThrow('spearman: got 1 and 2 values');
  });
});
