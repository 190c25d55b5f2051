// Prints the tables of a study's results.json as Markdown, or writes them into a page between two markers:
//   npx tsx scripts/studyTables.ts runs/NAME [docs/studies/NAME.md [docs/studies/NAME/results.json]]
// The last argument keeps the results, without the epochs and evaluations of searches.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { duration } from '../runner/progress/duration.js';
import {
  amount,
  decimal,
  NONE,
  percent,
  percentSpread,
  plural,
  signed,
  spreadText,
} from '../runner/progress/numbers.js';
import { spread } from '../src/nas/math/spread.js';
import type { StudyResults } from '../src/nas/transfer/results.js';

export const BEGIN = '<!-- tables of results.json: begin -->';
export const END = '<!-- tables of results.json: end -->';

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** All tables of a study. */
export function studyTables(results: StudyResults): string {
  const targets = unique(results.summary.cells.map(({ target }) => target));
  return [
    provenance(results),
    ...(results.references ? [references(results, targets)] : [baselines(results)]),
    ...targets.map((target) => accuracies(results, target)),
    ...(results.summary.judged ? [distances(results, targets)] : [improvements(results)]),
    orders(results),
    skips(results),
    costs(results),
  ].join('\n\n');
}

/** A page with the text between its markers replaced. */
export function withTables(page: string, tables: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no "${BEGIN}" followed by "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${tables}\n\n${page.slice(end)}`;
}

function markdown(caption: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (fields: readonly string[]) => `| ${fields.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'));
  return [caption, '', ...[header, rule, ...rows].map(line)].join('\n');
}

function provenance({ searches, seeds, seconds, adapter, versions }: StudyResults): string {
  const program = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${plural(searches.length, 'search', 'searches')}, seeds ${seeds.join(', ')}, in ${duration(seconds)} on ${adapter.name} (${adapter.driver}); ${program.join(', ')}.`;
}

function references({ references = [], judge }: StudyResults, targets: readonly string[]): string {
  const rows = unique(references.map(({ name }) => name)).map((name) => [
    name,
    ...targets.map((target) => {
      const level = references.find((one) => one.name === name && one.target === target);
      if (!level) return NONE;
      const text = percent(level.accuracy, 2);
      return level.deviation === undefined
        ? `${text} (rank ${level.rank})`
        : `${text} ± ${percent(level.deviation, 2)}`;
    }),
  ]);
  const { table, epochs, size } = judge!;
  return markdown(
    `Reference levels: test accuracy in per cent after ${epochs} epochs, from the ${amount(size)} architectures of ${table}.`,
    ['', ...targets],
    rows,
  );
}

function baselines({ baselines }: StudyResults): string {
  return markdown(
    'Reference levels, accuracy in per cent.',
    ['target', 'linear classifier', 'chance'],
    baselines.map(({ target, linear, chance }) => [target, percent(linear), percent(chance)]),
  );
}

/** Methods down, sources across, and over all runs. */
function accuracies({ summary, jobs }: StudyResults, target: string): string {
  const cells = summary.cells.filter((cell) => cell.target === target);
  const sources = unique(cells.map(({ source }) => source));
  const rows = unique(cells.map(({ method }) => method)).map((method) => [
    method,
    ...sources.map((source) => {
      const cell = cells.find((one) => one.method === method && one.source === source);
      return cell ? percentSpread(cell.accuracy) : NONE;
    }),
    percentSpread(
      spread(jobs.filter((job) => job.method === method && job.target === target).map(({ accuracy }) => accuracy)),
    ),
  ]);
  return markdown(
    `Accuracy on ${target} in per cent, mean ± standard deviation over the seeds; rows are methods, columns the sources that were searched on.`,
    ['', ...sources, 'all runs'],
    rows,
  );
}

/** Of every method over all sources and seeds: how far from random and from the optimum. */
function distances({ summary, jobs, references = [], judge }: StudyResults, targets: readonly string[]): string {
  const rows = unique(summary.judged!.map(({ method }) => method)).map((method) => [
    method,
    ...targets.flatMap((target) => {
      const runs = jobs.filter((job) => job.method === method && job.target === target);
      const level = (name: string) => references.find((one) => one.name === name && one.target === target)!.accuracy;
      const mean = level('random-mean');
      const over = spread(runs.map(({ accuracy }) => 100 * (accuracy / mean - 1)));
      const better = spread(runs.map(({ rank }) => (100 * (rank! - 1)) / judge!.size));
      return [
        `${signed(over.mean, 1)} ± ${decimal(over.deviation, 1)}`,
        percent(spread(runs.map(({ accuracy }) => level('optimum') - accuracy)).mean),
        decimal(better.mean, 1),
      ];
    }),
  ]);
  return markdown(
    'Over all sources and seeds: relative improvement over the mean of the table in per cent (± standard deviation), regret to the optimum in percentage points, and the share of all architectures that are better, in per cent.',
    ['', ...targets.flatMap((target) => [`${target}: over random-mean`, 'regret', 'better'])],
    rows,
  );
}

function improvements({ summary }: StudyResults): string {
  const rows = summary.cells.flatMap(({ method, source, target, relativeImprovement: improvement }) =>
    improvement
      ? [[`${method} from ${source} on ${target}`, signed(improvement.mean, 1), decimal(improvement.standardError, 1)]]
      : [],
  );
  return markdown('Relative improvement over random cells in per cent.', ['', 'improvement', 'standard error'], rows);
}

function orders({ summary }: StudyResults): string {
  const targets = unique(summary.sourceRankCorrelation.map(({ target }) => target));
  const pairs = unique(summary.sourceRankCorrelation.map(({ sources }) => sources.join(' and ')));
  const rows = pairs.map((pair) => [
    pair,
    ...targets.map((target) => {
      const row = summary.sourceRankCorrelation.find(
        (one) => one.sources.join(' and ') === pair && one.target === target,
      );
      return decimal(row?.tau, 2);
    }),
  ]);
  return markdown(
    'Agreement of the rankings of methods between two sources: Kendall’s τ of their mean accuracies on a target (1 is the same ranking).',
    ['', ...targets],
    rows,
  );
}

function skips({ summary: { skips = [] } }: StudyResults): string {
  const sources = unique(skips.map(({ source }) => source));
  const rows = unique(skips.map(({ method }) => method)).map((method) => {
    const of = skips.filter((row) => row.method === method);
    return [
      method,
      ...sources.map((source) => {
        const row = of.find((one) => one.source === source);
        return row ? spreadText(row.skips, 1) : NONE;
      }),
      `${of.reduce((sum, row) => sum + row.withoutConvolution, 0)} of ${of.reduce((sum, row) => sum + row.skips.count, 0)}`,
    ];
  });
  return markdown(
    `Skip connections among the ${skips[0]?.operations ?? 0} operations of a found architecture, mean ± standard deviation over the seeds, and the number of searches whose result has no convolution.`,
    ['', ...sources, 'no convolution'],
    rows,
  );
}

function costs({ searches }: StudyResults): string {
  const rows = unique(searches.map(({ method }) => method)).map((method) => {
    const seconds = spread(searches.filter((search) => search.method === method).map((search) => search.seconds));
    return [method, decimal(seconds.mean, 1), decimal(seconds.deviation, 1)];
  });
  return markdown('Search time in seconds.', ['', 'mean', 'standard deviation'], rows);
}

/** The results of a study without the epochs and evaluations of its searches, small enough to store beside a page. */
export function withoutCourses(results: StudyResults): StudyResults {
  return { ...results, searches: results.searches.map((search) => ({ ...search, epochs: [], evaluations: [] })) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, page, kept] = process.argv.slice(2);
  if (folder === undefined)
    throw new Error('got no folder, wanted: npx tsx scripts/studyTables.ts runs/NAME [PAGE.md [RESULTS.json]]');
  const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as StudyResults;
  const tables = studyTables(results);
  if (page === undefined) process.stdout.write(`${tables}\n`);
  else writeFileSync(page, withTables(readFileSync(page, 'utf8'), tables));
  if (kept !== undefined) writeFileSync(kept, `${JSON.stringify(withoutCourses(results))}\n`);
}
