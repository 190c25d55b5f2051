import { RANDOM_METHOD, type StudyResults } from '../../src/nas/transfer/index.js';
import { listed, percent, percentSpread, plural, rangeText } from '../progress/numbers.js';
import { pooledDeviation, unique } from './studyCells.js';

type Job = StudyResults['jobs'][number];

/** Summary of a study for newcomers in a few sentences: what was done, then the results. */
export function opening(results: StudyResults): string[] {
  const { jobs, notes = [] } = results;
  if (jobs.length === 0) return notes.map(capitalised);
  const targets = unique(jobs.map((job) => job.target));
  return [
    searchedSentence(results),
    ...targets.flatMap((target) => {
      const there = jobs.filter((job) => job.target === target);
      return [bestSentence(results, target, there), ...againstRandom(target, there), ...sourceSentence(target, there)];
    }),
    ...limitSentence(results),
    ...notes.map(capitalised),
  ];
}

/** A note as a sentence of its own. */
function capitalised(note: string): string {
  return note.charAt(0).toUpperCase() + note.slice(1);
}

function searchedSentence({ searches, jobs, seeds, space, judge }: StudyResults): string {
  const methods = unique(searches.map((search) => search.method));
  const sources = unique(searches.map((search) => search.source));
  const targets = unique(jobs.map((job) => job.target));
  const then = judge
    ? `their accuracies on ${listed(targets)} come from the table ${judge.table}`
    : `the cells found were trained from scratch on ${listed(targets)}`;
  return `${plural(methods.length, 'method')} (${listed(methods)}) searched the space ${space} on ${listed(sources)}, with ${seeds.length === 1 ? 'seed' : 'seeds'} ${rangeText(seeds)}; ${then}.`;
}

function bestSentence({ baselines }: StudyResults, target: string, jobs: readonly Job[]): string {
  const best = jobs.reduce((first, next) => (next.accuracy > first.accuracy ? next : first));
  const linear = baselines.find((level) => level.target === target)?.linear;
  const against =
    linear === undefined
      ? ''
      : `, ${points(best.accuracy - linear)} ${best.accuracy >= linear ? 'above' : 'below'} a linear classifier (${percent(linear)} %)`;
  return `The best cell on ${target} reached ${percent(best.accuracy)} %${against}: ${best.architecture}, which ${best.method} found on ${best.source} with seed ${best.seed}.`;
}

/** Compares searched cells with random ones. */
function againstRandom(target: string, jobs: readonly Job[]): string[] {
  const random = jobs.filter((job) => job.method === RANDOM_METHOD);
  const searched = jobs.filter((job) => job.method !== RANDOM_METHOD);
  if (random.length === 0 || searched.length === 0) return [];
  const [a, b] = [spreadOf(searched), spreadOf(random)];
  return [
    `On ${target} searched cells reached ${percentSpread(a)} % on average, random cells ${percentSpread(b)} %: ${comparison(a, b, 'search')}.`,
  ];
}

/** Compares the sources that methods searched on. */
function sourceSentence(target: string, jobs: readonly Job[]): string[] {
  const searched = jobs.filter((job) => job.method !== RANDOM_METHOD);
  const levels = unique(searched.map((job) => job.source))
    .map((source) => ({ source, spread: spreadOf(searched.filter((job) => job.source === source)) }))
    .sort((a, b) => b.spread.mean - a.spread.mean);
  if (levels.length < 2) return [];
  const [first, last] = [levels[0], levels.at(-1)!];
  return [
    `Cells searched on ${first.source} reached ${percentSpread(first.spread)} % on ${target}, those on ${last.source} ${percentSpread(last.spread)} %: ${comparison(first.spread, last.spread, 'the source')}.`,
  ];
}

/** Difference of two means against twice its standard error, which noise exceeds in about one of twenty cases. */
function comparison(a: Spread, b: Spread, what: string): string {
  if (Math.min(a.count, b.count) < 2) return 'one run each cannot show whether that is chance';
  const difference = a.mean - b.mean;
  const error = Math.hypot(a.deviation / Math.sqrt(a.count), b.deviation / Math.sqrt(b.count));
  const size = `a difference of ${points(difference)}`;
  if (Math.abs(difference) <= 2 * error)
    return `${size}, which is within noise (twice its standard error is ${percent(2 * error)}): no effect of ${what} is shown`;
  return `${size}, more than noise (twice its standard error is ${percent(2 * error)})`;
}

/** What the number of seeds cannot show. */
function limitSentence({ summary, judge }: StudyResults): string[] {
  const seeds = Math.max(...summary.cells.map((cell) => cell.accuracy.count));
  if (seeds < 2)
    return [
      'With a single seed, differences cannot be distinguished from noise. Run more seeds before comparing methods.',
    ];
  const least = 2 * pooledDeviation(summary.cells) * Math.sqrt(2 / seeds);
  return [
    `Limits of this study: with ${plural(seeds, 'seed')}, two methods on one source must differ by about ${percent(least)} points to be distinguished from noise` +
      `${judge ? '' : ', and longer training may change the ranking'}.`,
  ];
}

type Spread = ReturnType<typeof spreadOf>;

function spreadOf(jobs: readonly Job[]): { mean: number; deviation: number; count: number } {
  const count = jobs.length;
  const mean = jobs.reduce((sum, { accuracy }) => sum + accuracy, 0) / count;
  const squares = jobs.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0);
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, count };
}

function points(fraction: number): string {
  return `${percent(Math.abs(fraction))} points`;
}
