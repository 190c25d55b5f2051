import type { SearchCurve, TableSearch } from './results.js';
import type { Measurement, Table } from './table.js';

/** Largest number of points of a curve. */
const POINTS = 120;

type Axis = SearchCurve['axis'];

/**
 * Quality of the incumbents over queries or seconds: the measurement of the architecture that was the best by the accuracy that the
 * search saw. The grid starts where every search has an incumbent; a search that has ended keeps its last one.
 */
export function searchCurve(
  table: Table,
  searches: readonly TableSearch[],
  measurement: Measurement,
  axis: Axis,
): SearchCurve | undefined {
  const [{ method, set: source }] = searches;
  const begin = Math.max(...searches.map(({ improvements }) => improvements[0]?.[axis] ?? Number.POSITIVE_INFINITY));
  const end = Math.max(...searches.map((search) => search[axis]));
  if (!Number.isFinite(begin)) return undefined;
  const accuracies = table.accuracies(measurement);
  const x = grid(begin, end, axis);
  const columns = x.map((at) => Float64Array.from(searches, (search) => accuracies[bestAt(search, at, axis)]).sort());
  return {
    method,
    source,
    measurement,
    axis,
    x,
    mean: columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length),
    low: columns.map((column) => quantile(column, 0.1)),
    median: columns.map((column) => quantile(column, 0.5)),
    high: columns.map((column) => quantile(column, 0.9)),
  };
}

function bestAt({ improvements }: TableSearch, at: number, axis: Axis): number {
  let { index } = improvements[0];
  for (const improvement of improvements) {
    if (improvement[axis] > at) break;
    index = improvement.index;
  }
  return index;
}

function grid(begin: number, end: number, axis: Axis): number[] {
  if (end <= begin) return [begin];
  const points = axis === 'queries' ? Math.min(POINTS, end - begin + 1) : POINTS;
  const values = Array.from({ length: points }, (_, i) => begin + ((end - begin) * i) / (points - 1));
  return axis === 'queries' ? values.map(Math.round) : values;
}

/** Quantile by linear interpolation between the two nearest sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
