import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crowdingDistance,
  dominates,
  hypervolume,
  nonDominatedSort,
  type Objectives,
  paretoFront,
} from '../../../src/nas/math/pareto.js';

/** Points with integer values from 0 to 5, so that equal values are common. */
const pointsOf = (objectives: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: objectives, maxLength: objectives }), {
    maxLength: 12,
  });
const clouds = fc.integer({ min: 1, max: 4 }).chain(pointsOf);

describe('Pareto fronts', () => {
  it('has one point dominate another that is nowhere better and somewhere worse', () => {
    expect(dominates([1, 2], [1, 3])).toBe(true);
    expect(dominates([1, 2], [1, 2])).toBe(false);
    expect(dominates([0, 3], [1, 2])).toBe(false);
  });

  it('sorts points into fronts', () => {
    const points = [[1, 5], [2, 3], [4, 1], [3, 4], [5, 5], [2, 3], [4, 4]]; // biome-ignore format: a row of points
    expect(nonDominatedSort(points)).toEqual([[0, 1, 2, 5], [3], [6], [4]]);
    expect(paretoFront(points)).toEqual([0, 1, 2, 5]);
    expect(nonDominatedSort([])).toEqual([]);
  });

  it('forms each front of the points that only earlier fronts dominate', () => {
    fc.assert(
      fc.property(clouds, (points) => {
        const fronts = nonDominatedSort(points);
        expect(fronts.flat().sort((a, b) => a - b)).toEqual([...points.keys()]);
        let rest = [...points.keys()];
        for (const front of fronts) {
          expect(front).toEqual(rest.filter((i) => !rest.some((j) => dominates(points[j], points[i]))));
          rest = rest.filter((i) => !front.includes(i));
        }
      }),
    );
  });

  it('measures crowding by the gap between neighbours, relative to the range', () => {
    const front = [[0, 10], [1, 6], [4, 5], [10, 0]]; // biome-ignore format: a row of points
    const [first, second, third, last] = crowdingDistance(front);
    expect([first, last]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(second).toBeCloseTo(4 / 10 + 5 / 10, 12);
    expect(third).toBeCloseTo(9 / 10 + 6 / 10, 12);
    expect(crowdingDistance([])).toEqual([]);
    expect(crowdingDistance([[1, 2], [1, 2], [1, 2]])).toEqual([0, 0, 0]); // biome-ignore format: a row of points
  });
});

describe('hypervolume', () => {
  /** Counts unit cells between a point and the reference: exact for integer values. */
  const counted = (points: readonly Objectives[], reference: Objectives, corner: number[] = []): number => {
    if (corner.length === reference.length)
      return points.some((point) => point.every((value, i) => value <= corner[i])) ? 1 : 0;
    let sum = 0;
    for (let value = 0; value < reference[corner.length]; value++)
      sum += counted(points, reference, [...corner, value]);
    return sum;
  };

  it('is the area under a staircase', () => {
    expect(hypervolume([[1, 3], [2, 2], [3, 1], [3, 3]], [4, 4])).toBe(6); // biome-ignore format: a row of points
    expect(hypervolume([[4, 0]], [4, 4])).toBe(0);
    expect(hypervolume([], [4, 4])).toBe(0);
  });

  it('equals the number of unit cells that the points dominate, with one to four objectives', () => {
    fc.assert(
      fc.property(clouds, (points) => {
        const reference = (points[0] ?? [0]).map((_, i) => 4 + (i % 2));
        expect(hypervolume(points, reference)).toBe(counted(points, reference));
      }),
    );
  });

  it('refuses points of other dimensions', () => {
    expect(() => hypervolume([[1, 2, 3]], [4, 4])).toThrow('a point has 3 objectives, wanted 2');
  });
});
