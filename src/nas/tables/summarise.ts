import { kendallTauB } from '../math/kendall.js';
import { relativeImprovement } from '../math/relativeImprovement.js';
import { spread } from '../math/spread.js';
import type { SearchLimits } from '../search/problem.js';
import { searchCurve } from './curves.js';
import { frontsOf } from './hypervolumes.js';
import { publishedAccuracy, publishedQueries, type RunConditions } from './published.js';
import { bestRow, references, sameAs, setRankCorrelation } from './references.js';
import type { QueriesToOptimum, TableAccuracy, TableRunMethod, TableRunResults, TableSearch } from './results.js';
import type { Measurement, Table } from './table.js';

/** Finished searches and their plan. */
export interface TableRun {
  readonly methods: readonly TableRunMethod[];
  /** Its `set` is replaced by each of `sources`. */
  readonly seen: Measurement;
  readonly sources: readonly string[];
  readonly limits: SearchLimits;
  readonly searches: readonly TableSearch[];
}

export type TableRunSummary = Pick<
  TableRunResults,
  | 'accuracies'
  | 'curves'
  | 'queriesToOptimum'
  | 'sourceRankCorrelation'
  | 'setRankCorrelation'
  | 'references'
  | 'hypervolumes'
  | 'tableFronts'
>;

/** The baseline of relative improvements. */
const RANDOM = 'random';

/** Searches of one method on one data set. */
interface Group {
  readonly method: TableRunMethod;
  readonly source: string;
  readonly searches: readonly TableSearch[];
}

/**
 * Analysis of searches on a table.
 * @param reported measurements of the quality of found architectures
 * @throws {TableError} when the table lacks one of the measurements
 */
export function summariseTableRun(table: Table, run: TableRun, reported: readonly Measurement[]): TableRunSummary {
  const groups = run.methods.flatMap((method) =>
    run.sources.map((source): Group => {
      const searches = run.searches.filter((search) => search.method === method.label && search.set === source);
      return { method, source, searches };
    }),
  );
  const seen = ({ method, source }: Group): Measurement => ({
    ...run.seen,
    ...method.seen.at(-1),
    set: source,
  });
  const conditions = (group: Group): RunConditions => ({
    table: table.name,
    limits: run.limits,
    epochs: seen(group).epochs,
  });
  const accuracies = groups.flatMap((group) => groupAccuracies(table, group, conditions(group), groups, reported));
  const judged = [...run.sources.map((set) => ({ ...run.seen, set })), ...groups.map(seen), ...reported];
  return {
    accuracies,
    curves: groups.flatMap((group) => groupCurves(table, group, [seen(group), ...testsOf(reported, group.source)])),
    queriesToOptimum: groups.map((group) => queriesToOptimum(table, group, conditions(group), seen(group))),
    sourceRankCorrelation: sourceRankCorrelation(run, accuracies),
    setRankCorrelation: setRankCorrelation(table, testsOf(reported)),
    references: references(table, unique(judged)),
    ...frontsOf(
      table,
      groups.map((group) => ({ method: group.method.label, searches: group.searches, seen: seen(group) })),
    ),
  };
}

/**
 * The reported measurements of a table: validation and test accuracy on each of its data sets after the longest training, as the mean
 * over training seeds where the table has it.
 */
export function reportedMeasurements({ measurements }: Table): Measurement[] {
  const sets = [...new Set(measurements.map(({ set }) => set))];
  return sets.flatMap((set) =>
    (['validation', 'test'] as const).flatMap((split) => {
      const candidates = measurements.filter((one) => one.set === set && one.split === split);
      const epochs = Math.max(...candidates.map((one) => one.epochs));
      const longest = candidates.filter((one) => one.epochs === epochs);
      const chosen = longest.find(({ seed }) => seed === 'mean') ?? longest[0];
      return chosen ? [chosen] : [];
    }),
  );
}

function testsOf(measurements: readonly Measurement[], set?: string): Measurement[] {
  return measurements.filter((one) => one.split === 'test' && (set === undefined || one.set === set));
}

function unique(measurements: readonly Measurement[]): Measurement[] {
  return measurements.filter((one, i) => measurements.findIndex((other) => sameAs(one, other)) === i);
}

function groupAccuracies(
  table: Table,
  { method, source, searches }: Group,
  conditions: RunConditions,
  groups: readonly Group[],
  reported: readonly Measurement[],
): TableAccuracy[] {
  const random = groups.find((group) => group.method.name === RANDOM && group.source === source);
  return reported.map((measurement) => {
    const column = table.accuracies(measurement);
    const found = searches.map(({ index }) => column[index]);
    const published = publishedAccuracy(conditions, method.name, source, measurement);
    return {
      method: method.label,
      source,
      measurement,
      accuracy: spread(found),
      values: found,
      ...(random && random.method.label !== method.label
        ? {
            relativeImprovement: relativeImprovement(
              found,
              random.searches.map(({ index }) => column[index]),
            ),
          }
        : {}),
      ...(published
        ? { published: { mean: published.mean, deviation: published.deviation, source: published.source } }
        : {}),
    };
  });
}

function groupCurves(table: Table, { searches }: Group, measurements: readonly Measurement[]) {
  return measurements.flatMap((measurement) =>
    (['queries', 'seconds'] as const).flatMap((axis) => searchCurve(table, searches, measurement, axis) ?? []),
  );
}

/** A search has found the optimum with its first evaluation of an architecture as good as the table's best. */
function queriesToOptimum(
  table: Table,
  { method, source, searches }: Group,
  conditions: RunConditions,
  seen: Measurement,
): QueriesToOptimum {
  const column = table.accuracies(seen);
  const best = column[bestRow(column)];
  const firsts = searches.map(({ improvements }) => improvements.find(({ index }) => column[index] === best)?.queries);
  const met = firsts.filter((queries) => queries !== undefined);
  const spent = searches.map(({ queries }, i) => firsts[i] ?? queries);
  const published = publishedQueries(conditions, method.name, source);
  return {
    method: method.label,
    source,
    ...(met.length > 0 ? { queries: spread(met) } : {}),
    reached: met.length,
    seeds: searches.length,
    atLeast: spread(spent).mean,
    ...(published ? { published: { mean: published.mean, source: published.source } } : {}),
  };
}

/** Rank correlation of the methods' mean test accuracies on each data set between two sources. */
function sourceRankCorrelation({ methods, sources }: TableRun, accuracies: readonly TableAccuracy[]) {
  const tests = accuracies.filter(({ measurement }) => measurement.split === 'test');
  const sets = [...new Set(tests.map(({ measurement }) => measurement.set))];
  const means = (source: string, set: string) =>
    methods.map(
      ({ label }) =>
        tests.find((one) => one.method === label && one.source === source && one.measurement.set === set)!.accuracy
          .mean,
    );
  return sources.flatMap((first, i) =>
    sources.slice(i + 1).flatMap((second) =>
      sets.map((set) => ({
        sources: [first, second] as const,
        set,
        tau: kendallTauB(means(first, set), means(second, set)),
      })),
    ),
  );
}
