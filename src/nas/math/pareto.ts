import { AttributeError } from '../../engine/errors/errors.js';

/** Values of one point, one for each objective. All objectives are minimised; negate what is maximised. */
export type Objectives = readonly number[];

/** Whether `a` dominates `b`: no objective is worse and at least one is better. Equal points do not dominate each other. */
export function dominates(a: Objectives, b: Objectives): boolean {
  return a.every((value, i) => value <= b[i]) && a.some((value, i) => value < b[i]);
}

/** Indices of the non-dominated points, ascending; of equal points all. */
export function paretoFront(points: readonly Objectives[]): number[] {
  return [...points.keys()].filter((i) => !points.some((other) => dominates(other, points[i])));
}

/** Non-dominated sorting into fronts of indices (Deb et al. 2002, NSGA-II): points of a front are dominated only by earlier fronts. */
export function nonDominatedSort(points: readonly Objectives[]): number[][] {
  const worse: number[][] = points.map(() => []);
  const count = points.map(() => 0);
  points.forEach((point, i) => {
    points.forEach((other, j) => {
      if (!dominates(point, other)) return;
      worse[i].push(j);
      count[j]++;
    });
  });
  const fronts: number[][] = [];
  let front = [...points.keys()].filter((i) => count[i] === 0);
  while (front.length > 0) {
    fronts.push(front);
    front = front.flatMap((i) => worse[i].filter((j) => --count[j] === 0)).sort((a, b) => a - b);
  }
  return fronts;
}

/**
 * Crowding distance of each point of one front (Deb et al. 2002): the sum over objectives of the distance between its two
 * neighbours relative to the front's range; infinite at both ends. An objective with equal values adds 0.
 */
export function crowdingDistance(front: readonly Objectives[]): number[] {
  const distance = front.map(() => 0);
  for (let objective = 0; objective < (front[0]?.length ?? 0); objective++) {
    const value = (i: number) => front[i][objective];
    const order = [...front.keys()].sort((a, b) => value(a) - value(b));
    const range = value(order[order.length - 1]) - value(order[0]);
    if (range === 0) continue;
    distance[order[0]] = distance[order[order.length - 1]] = Number.POSITIVE_INFINITY;
    for (let i = 1; i < order.length - 1; i++)
      distance[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / range;
  }
  return distance;
}

/**
 * The hypervolume that the points dominate up to `reference`, exact for any number of objectives. All are minimised, so the reference
 * is worse than all points of interest; a point that is not better in every objective adds nothing.
 * @throws {AttributeError} when a point has another number of objectives than the reference
 */
export function hypervolume(points: readonly Objectives[], reference: Objectives): number {
  const odd = points.find((point) => point.length !== reference.length);
  if (odd)
    throw new AttributeError(
      `hypervolume: a point has ${odd.length} objectives, wanted ${reference.length}, as many as the reference`,
    );
  const inside = points.filter((point) => point.every((value, i) => value < reference[i]));
  return volume(inside, reference, reference.length);
}

/** By slices along the last of the first `dimensions` objectives (While et al. 2006, HSO); two objectives take one sorted pass. */
function volume(points: readonly Objectives[], reference: Objectives, dimensions: number): number {
  if (points.length === 0) return 0;
  if (dimensions === 1) return reference[0] - Math.min(...points.map(([value]) => value));
  if (dimensions === 2) return area(points, reference);
  const last = dimensions - 1;
  const sorted = [...points].sort((a, b) => a[last] - b[last]);
  let sum = 0;
  sorted.forEach((point, i) => {
    const depth = (sorted[i + 1]?.[last] ?? reference[last]) - point[last];
    if (depth > 0) sum += depth * volume(sorted.slice(0, i + 1), reference, last);
  });
  return sum;
}

function area(points: readonly Objectives[], [right, top]: Objectives): number {
  let sum = 0;
  let lowest = top;
  for (const [x, y] of [...points].sort((a, b) => a[0] - b[0])) {
    if (y >= lowest) continue;
    sum += (right - x) * (lowest - y);
    lowest = y;
  }
  return sum;
}
