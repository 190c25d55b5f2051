import type { Spread } from '../../src/nas/math/index.js';
import type { Measurement, TableAccuracy, TableRunResults } from '../../src/nas/tables/index.js';
import { decimal, NONE, signed } from '../progress/numbers.js';
import { formatTable, type Output } from '../progress/output.js';

/** Mean and deviation; of a single value the value. */
function meanAndDeviation({ mean, deviation, count = 2 }: Omit<Spread, 'count'> & { count?: number }, digits = 2) {
  return count > 1 ? `${decimal(mean, digits)} ± ${decimal(deviation, digits)}` : decimal(mean, digits);
}

/** Prints the accuracies found on every data set, the published ones, and the best of the table. */
export function accuracyTable(results: TableRunResults, output: Output): string {
  const { accuracies, methods, sources, references } = results;
  const sets = [...new Set(accuracies.map(({ measurement }) => measurement.set))];
  const rows = methods.flatMap(({ label }) =>
    sources.flatMap((source) =>
      sets.map((set) => {
        const of = (split: string) =>
          accuracies.find(
            ({ method, source: from, measurement }) =>
              method === label && from === source && measurement.set === set && measurement.split === split,
          );
        const [validation, test] = [of('validation'), of('test')];
        return [
          label,
          source,
          set,
          ...[validation, test].flatMap((one) => [one ? meanAndDeviation(one.accuracy) : NONE, published(one)]),
          test?.relativeImprovement ? signed(test.relativeImprovement.mean, 2) : '',
        ];
      }),
    ),
  );
  const reported = accuracies.map(({ measurement }) => measurement);
  const best = sets.map((set) => {
    const of = (split: string) => {
      const measurement = reported.find((one) => one.set === set && one.split === split);
      return measurement ? decimal(bestBy(references, measurement), 2) : NONE;
    };
    return ['best of the table', '', set, of('validation'), '', of('test'), '', ''];
  });
  const header = ['method', 'searched', 'judged', 'validation %', 'published', 'test %', ' published', 'over random %'];
  return formatTable(header, [...rows, ...best], { ...output, right: header.slice(3) });
}

function published(accuracy: TableAccuracy | undefined): string {
  return accuracy?.published ? meanAndDeviation(accuracy.published) : '';
}

function bestBy(references: TableRunResults['references'], wanted: Measurement): number {
  const values = references.flatMap(({ accuracies }) =>
    accuracies
      .filter(
        ({ measurement: { set, split, epochs, seed } }) =>
          set === wanted.set && split === wanted.split && epochs === wanted.epochs && seed === wanted.seed,
      )
      .map(({ accuracy }) => accuracy),
  );
  return Math.max(...values);
}

/** Prints the lengths of searches, and how many found the architecture with the best accuracy seen. */
export function queriesTable(results: TableRunResults, output: Output): string {
  const rows = results.queriesToOptimum.map(({ method, source, queries, reached, seeds, atLeast, published }) => {
    const searches = results.searches.filter((search) => search.method === method && search.set === source);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return [
      method,
      source,
      decimal(mean(searches.map((search) => search.queries)), 1),
      decimal(mean(searches.map((search) => search.seconds)), 0),
      `${reached} of ${seeds}`,
      queries ? meanAndDeviation(queries, 1) : NONE,
      decimal(atLeast, 1),
      published ? decimal(published.mean, 0) : '',
    ];
  });
  const header = [
    'method',
    'searched',
    'queries',
    'seconds',
    'met the best',
    'after queries',
    'of all, at least',
    'published',
  ];
  return formatTable(header, rows, { ...output, right: header.slice(2) });
}

/** Prints rank correlations (Kendall's tau-b) of methods between sources, and of all rows between data sets. */
export function correlationLines({ sourceRankCorrelation, setRankCorrelation }: TableRunResults): string[] {
  return [
    ...sourceRankCorrelation.map(
      ({ sources: [first, second], set, tau }) =>
        `order of methods searched on ${first} and on ${second}, judged on ${set}: tau ${decimal(tau, 3)}`,
    ),
    ...setRankCorrelation.map(
      ({ sets: [first, second], tau }) =>
        `order of all architectures on ${first} and on ${second}: tau ${decimal(tau, 3)}`,
    ),
  ];
}
