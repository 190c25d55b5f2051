import type { SearchLimits } from '../../src/nas/search/index.js';
import type { TableAccuracy, TableRunResults } from '../../src/nas/tables/index.js';
import { decimal, grouped, listed, plural, signed, spreadText } from '../progress/numbers.js';
import { improvementText } from './improvement.js';
import { measurementKey, shortMeasurement } from './measurement.js';
import { groupBy } from './studyCells.js';
import { mainMeasurement } from './tableAccuracies.js';

/** Summary text: what was run, the best method, and agreement with published values. */
export function tableVerdict(results: TableRunResults): string {
  const { searches, methods, sources, accuracies, seeds } = results;
  if (searches.length === 0 || accuracies.length === 0)
    return 'No search has finished yet, so there are no numbers so far.';
  const run = `${plural(methods.length, 'method')} searched the table ${results.table} on ${listed(sources)}, ${plural(seeds.length, 'seed')} each${limitText(results.limits)}`;
  if (seeds.length === 1)
    return `${run}: with a single seed, differences between methods cannot be distinguished from noise.${publishedClaim(results)}`;
  const lead = sources.length === 1 ? leadClaim(results, sources[0]) : `${leadersText(results)}.`;
  return `${run}. ${lead}${publishedClaim(results)}`;
}

function limitText({ evaluations, seconds }: SearchLimits): string {
  const limits = [
    ...(evaluations === undefined ? [] : [plural(evaluations, 'evaluation')]),
    ...(seconds === undefined ? [] : [`${grouped(seconds)} s of the table's clock`]),
  ];
  return limits.length > 0 ? `, within ${listed(limits)}` : '';
}

/** `evolution has the highest mean accuracy on cifar10 and cifar100, random on ImageNet16-120`. */
function leadersText(results: TableRunResults): string {
  const leaders = results.sources.flatMap((source) => ranking(results, source).slice(0, 1));
  const groups = [...groupBy(leaders, ({ method }) => method)];
  return groups
    .map(
      ([method, led], i) =>
        `${method} ${i === 0 ? 'has the highest mean accuracy ' : ''}on ${listed(led.map(({ source }) => source))}`,
    )
    .join(', ');
}

/** The method with the highest mean on a source, its lead, and methods within two standard errors. */
function leadClaim(results: TableRunResults, source: string): string {
  const [best, ...others] = ranking(results, source);
  if (!best) return `On ${source}, nothing has been found yet.`;
  const improvement = best.relativeImprovement;
  const gain = improvement ? `, ${improvementText(improvement, 2)} % relative to random search` : '';
  const close = others.filter((row) => !isBelow(row, best)).map(({ method }) => method);
  const besides = close.length > 0 ? `; within two standard errors of it: ${listed(close)}` : '';
  const what = `${spreadText(best.accuracy, 2)} % ${shortMeasurement(best.measurement)} accuracy`;
  return others.length === 0
    ? `On ${source}, ${best.method} reaches ${what}.`
    : `On ${source}, ${best.method} leads with ${what}${gain}${besides}.`;
}

/** The methods on a source, best first, by the measurement that judges searches there. */
function ranking(results: TableRunResults, source: string): TableAccuracy[] {
  const measurement = mainMeasurement(results, source);
  if (!measurement) return [];
  const key = measurementKey(measurement);
  return results.accuracies
    .filter((row) => row.source === source && measurementKey(row.measurement) === key)
    .toSorted((a, b) => b.accuracy.mean - a.accuracy.mean);
}

/** Whether the difference of two means is more than two of its standard errors. */
function isBelow({ accuracy: low }: TableAccuracy, { accuracy: high }: TableAccuracy): boolean {
  const error = Math.hypot(low.deviation / Math.sqrt(low.count), high.deviation / Math.sqrt(high.count));
  return high.mean - low.mean > 2 * error;
}

/** How many published means are met, and which is furthest off. */
function publishedClaim({ accuracies }: TableRunResults): string {
  const compared = accuracies.flatMap(({ published, ...row }) =>
    published ? [{ ...row, published, difference: row.accuracy.mean - published.mean }] : [],
  );
  if (compared.length === 0) return '';
  const met = compared.filter(({ difference, published }) => Math.abs(difference) <= published.deviation).length;
  const worst = compared.reduce((first, next) =>
    Math.abs(next.difference) > Math.abs(first.difference) ? next : first,
  );
  const share = met === compared.length ? `All ${met}` : `${met} of ${compared.length}`;
  return ` ${share} published ${compared.length === 1 ? 'accuracy is' : 'accuracies are'} met within one published standard deviation; the largest difference is ${signed(worst.difference, 2)} points (${worst.method}, ${shortMeasurement(worst.measurement)}).`;
}

/** What else a reader should know, a short sentence each. */
export function tableFindings(results: TableRunResults): string[] {
  const { sources, seeds, accuracies } = results;
  const leads = sources.length > 1 && seeds.length > 1 && accuracies.length > 0;
  return [
    ...(leads ? sources.map((source) => leadClaim(results, source)) : []),
    ...optimumFindings(results),
    ...orderFindings(results),
    ...gapFindings(results),
  ];
}

function optimumFindings({ queriesToOptimum, sources }: TableRunResults): string[] {
  return sources.flatMap((source) => {
    const rows = queriesToOptimum.filter((row) => row.source === source && row.seeds > 0);
    const met = rows.filter(({ reached }) => reached > 0);
    if (rows.length === 0) return [];
    if (met.length === 0) return [`No search on ${source} found the table's best validation accuracy.`];
    const most = met.reduce((first, next) => {
      const more = next.reached / next.seeds - first.reached / first.seeds;
      return more > 0 || (more === 0 && next.queries!.mean < first.queries!.mean) ? next : first;
    });
    return [
      `The table's best validation accuracy on ${source} is found most often by ${most.method}: in ${most.reached} of ${plural(most.seeds, 'search', 'searches')}, after ${grouped(most.queries!.mean)} queries on average.`,
    ];
  });
}

function orderFindings({ sourceRankCorrelation }: TableRunResults): string[] {
  const known = sourceRankCorrelation.flatMap(({ tau }) => (tau === null ? [] : [tau]));
  if (known.length === 0) return [];
  const mean = known.reduce((sum, tau) => sum + tau, 0) / known.length;
  return [
    `The rankings of the methods from two sources agree with a Kendall's τ of ${decimal(mean, 2)} on average over ${plural(known.length, 'comparison')} (1 is the same ranking).`,
  ];
}

function gapFindings({ methods, sources, seeds, searches }: TableRunResults): string[] {
  const wanted = methods.length * sources.length * seeds.length;
  const missing = wanted - searches.length;
  return missing > 0 ? [`${missing} of ${wanted} searches are missing: the run is not complete.`] : [];
}
