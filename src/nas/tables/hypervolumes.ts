import { dominates, hypervolume, type Objectives } from '../math/pareto.js';
import { spread } from '../math/spread.js';
import type { ParetoPoint } from '../records/outcome.js';
import type { TableRunResults, TableSearch } from './results.js';
import type { Measurement, Table } from './table.js';

/** Searches with a front, by one method on one data set, and the measurements that they saw. */
export interface FrontGroup {
  readonly method: string;
  readonly searches: readonly TableSearch[];
  readonly seen: Measurement;
}

const LATENCY = 'latency:';

/**
 * Normalised hypervolumes of fronts, and of the table's own front: objectives are scaled to the table's range, and the reference point
 * is the worst value of each, so that hypervolumes lie between 0 and 1. Groups whose searches have no front are left out.
 */
export function frontsOf(
  table: Table,
  groups: readonly FrontGroup[],
): Pick<TableRunResults, 'hypervolumes' | 'tableFronts'> {
  const hypervolumes: TableRunResults['hypervolumes'][number][] = [];
  const tableFronts = new Map<string, NonNullable<TableRunResults['tableFronts']>[number]>();
  for (const { method, searches, seen } of groups) {
    const fronts = searches.flatMap(({ front }) => (front && front.length > 0 ? [front] : []));
    if (fronts.length === 0) continue;
    const objectives = Object.keys(fronts[0][0].objectives);
    const costs = objectives.filter((name) => name !== 'accuracy');
    const columns = new Map<string, Float64Array>(costs.map((name) => [name, costsOf(table, seen.set, name)]));
    // Rows without an accuracy have accuracy 0, as searches saw them.
    columns.set(
      'accuracy',
      table.accuracies(seen).map((accuracy) => (Number.isNaN(accuracy) ? 0 : accuracy / 100)),
    );
    const scale = scaling(objectives, columns);
    const volume = (points: readonly ParetoPoint[]) =>
      hypervolume(
        points.map((point) => scale((name) => point.objectives[name])),
        objectives.map(() => 1),
      );
    const front = tableFront(table.size, (row) => scale((name) => columns.get(name)![row])).map((row) => ({
      architecture: table.architecture(row),
      objectives: Object.fromEntries(objectives.map((name) => [name, columns.get(name)![row]])),
    }));
    const source = seen.set;
    hypervolumes.push({
      method,
      source,
      objectives,
      hypervolume: spread(fronts.map(volume)),
      optimum: volume(front),
    });
    tableFronts.set(JSON.stringify([source, objectives]), { source, objectives, front });
  }
  return { hypervolumes, ...(tableFronts.size > 0 ? { tableFronts: [...tableFronts.values()] } : {}) };
}

function costsOf(table: Table, set: string, name: string): Float64Array {
  return name.startsWith(LATENCY) ? table.latencies(name.slice(LATENCY.length)) : table.costColumn({ name, set });
}

/** Scales to objectives that are minimised: 0 the best of the table, 1 its worst. */
function scaling(names: readonly string[], columns: ReadonlyMap<string, Float64Array>) {
  const ranges = names.map((name) => {
    const column = columns.get(name)!;
    const [least, most] = column.reduce(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    return name === 'accuracy' ? { best: most, worst: least } : { best: least, worst: most };
  });
  return (value: (name: string) => number): Objectives =>
    names.map((name, i) => {
      const { best, worst } = ranges[i];
      return best === worst ? 0 : (value(name) - best) / (worst - best);
    });
}

/** Non-dominated rows, sorted by the first objective, best first; in that order no row dominates an earlier one. */
function tableFront(rows: number, objectivesOf: (row: number) => Objectives): number[] {
  const points = Array.from({ length: rows }, (_, row) => objectivesOf(row));
  const order = [...points.keys()].sort((a, b) => {
    const place = points[a].findIndex((value, i) => value !== points[b][i]);
    return place < 0 ? a - b : points[a][place] - points[b][place];
  });
  const front: number[] = [];
  for (const row of order) if (!front.some((other) => dominates(points[other], points[row]))) front.push(row);
  return front;
}
