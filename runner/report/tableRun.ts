import type { TableRunResults } from '../../src/nas/tables/index.js';
import { duration } from '../progress/duration.js';
import { decimal, grouped, NONE, plural, rangeText, spreadText } from '../progress/numbers.js';
import { chanceText, tauText } from './correlations.js';
import { documentPage, type Section } from './document.js';
import { html, type Insert, type Markup } from './html.js';
import { columnsText, measurementKey, trainingText, uniqueMeasurements } from './measurement.js';
import { paretoSection } from './pareto.js';
import { searchCurvesSection } from './searchCurves.js';
import { factList, runAgain, settingText } from './setup.js';
import { unique } from './studyCells.js';
import { table } from './table.js';
import { accuraciesSection, distributionSection, transferSection } from './tableAccuracies.js';
import { tableFindings, tableVerdict } from './tableVerdict.js';

/** The report of searches on a table as one self-contained HTML page. */
export function tableRunPage(results: TableRunResults): string {
  const { searches, curves, ...rest } = results;
  const accuracies = results.accuracies.map(({ values, ...accuracy }) => accuracy);
  return documentPage({
    name: `Searches on ${results.table}`,
    kind: 'table run',
    subtitle: [
      plural(results.methods.length, 'method'),
      plural(results.sources.length, 'source'),
      plural(results.seeds.length, 'seed'),
      plural(searches.length, 'search', 'searches'),
      duration(results.seconds),
    ],
    verdict: tableVerdict(results),
    findings: tableFindings(results),
    sections: sectionsOf(results),
    footer: html`Written by nastransfer. All numbers, not rounded: <code>table-run.json</code>; <code>runs.csv</code>, <code>accuracies.csv</code> and <code>curves.csv</code> beside it.`,
    data: { ...rest, accuracies },
  });
}

function sectionsOf(results: TableRunResults): Section[] {
  const sections: [id: string, title: string, body: Markup | null][] = [
    ['accuracy', 'Accuracy', results.accuracies.length > 0 ? accuraciesSection(results) : null],
    ['transfer', 'From each source to each set', transferSection(results)],
    ['order', 'Rank correlations', orderSection(results)],
    ['curves', 'Search curves', searchCurvesSection(results)],
    ['distribution', 'Single searches', distributionSection(results)],
    ['optimum', 'Queries to the optimum', queriesSection(results)],
    ['pareto', 'Accuracy against cost', paretoSection(results)],
    ['references', 'References', referencesSection(results)],
    ['rerun', 'Settings, versions, and how to reproduce', settingsSection(results)],
  ];
  return sections.flatMap(([id, title, body]) => (body === null ? [] : [{ id, title, body }]));
}

function orderSection({ sourceRankCorrelation, setRankCorrelation, methods }: TableRunResults): Markup | null {
  if (sourceRankCorrelation.length + setRankCorrelation.length === 0) return null;
  const sources =
    sourceRankCorrelation.length > 0 &&
    table({
      caption:
        'Do two sources rank the methods alike? Compares mean test accuracies. The last column is the probability that independent rankings agree as well or better.',
      columns: ['judged on', 'source', 'source', { number: 'τ' }, { number: 'by chance' }],
      rows: sourceRankCorrelation.map(({ set, sources, tau }) => [
        set,
        ...sources,
        tauText(tau),
        chanceText({ tau, count: methods.length }),
      ]),
    });
  const sets =
    setRankCorrelation.length > 0 &&
    table({
      caption: 'Do two data sets rank the architectures alike? Compares the test accuracies of all rows.',
      columns: ['set', 'set', { number: 'τ' }],
      rows: setRankCorrelation.map(({ sets, tau }) => [...sets, tauText(tau)]),
    });
  return html`<p>Kendall's τ-b: 1 for the same ranking, 0 for no correlation, −1 for the reverse; ${NONE} where it is not defined.</p>
<div class="tables">${sources}${sets}</div>`;
}

function queriesSection({ queriesToOptimum }: TableRunResults): Markup | null {
  if (queriesToOptimum.length === 0) return null;
  const cited = unique(queriesToOptimum.flatMap(({ published }) => (published ? [published.source] : [])));
  return html`${table({
    caption:
      "Queries until an architecture with the table's best validation accuracy was found: mean ± standard deviation over the searches that found it, and a lower bound over all searches, which counts all queries of the others",
    columns: [
      'method',
      'source',
      { number: 'met it' },
      { number: 'queries' },
      { number: 'of all, at least' },
      { number: 'published' },
    ],
    rows: queriesToOptimum.map(({ method, source, queries, reached, seeds, atLeast, published }) => [
      method,
      source,
      `${reached} of ${seeds}`,
      queries ? spreadText(queries, 0) : NONE,
      grouped(Math.round(atLeast)),
      published ? grouped(published.mean) : NONE,
    ]),
  })}${cited.length > 0 && html`<p>Published: ${cited.join('; ')}.</p>`}`;
}

function referencesSection({ references, accuracies }: TableRunResults): Markup | null {
  if (references.length === 0) return null;
  const reported = accuracies.length > 0 ? accuracies : references.flatMap((reference) => reference.accuracies);
  const measurements = uniqueMeasurements(reported.map(({ measurement }) => measurement));
  return table({
    caption: html`Rows of the table to compare with: accuracy in per cent (${columnsText(measurements)}).`,
    columns: [
      'row',
      { number: 'number' },
      ...measurements.map(({ set, split }) => ({ number: html`${set}<br>${split}` })),
    ],
    rows: references.map((reference) => [
      reference.label,
      reference.index,
      ...measurements.map((measurement): Insert => {
        const key = measurementKey(measurement);
        const known = reference.accuracies.find((one) => measurementKey(one.measurement) === key);
        return decimal(known?.accuracy, 2);
      }),
    ]),
  });
}

function settingsSection(results: TableRunResults): Markup {
  const { limits, seen } = results;
  const facts: [string, string][] = [
    ['table', results.table],
    ['space', results.space],
    ['searched on', results.sources.join(', ')],
    ['accuracy seen by searches', `${seen.split} accuracy on the source, ${trainingText(seen)}`],
    ['evaluations at most', grouped(limits.evaluations)],
    ["seconds of the table's clock at most", grouped(limits.seconds)],
    ['seeds', rangeText(results.seeds)],
    ['wall time', duration(results.seconds)],
    ...Object.entries(results.versions),
  ];
  return html`${table({
    caption: 'Methods and their options',
    columns: ['method', 'name', 'options', 'accuracies it could see'],
    rows: results.methods.map(({ label, name, options, seen: lengths }) => [
      label,
      name,
      settingText(options ?? {}) || 'defaults',
      lengths.map(trainingText).join('; '),
    ]),
    kind: 'prose',
  })}
${factList(facts)}
${runAgain(results.rerun ?? 'npx nastransfer table run')}
<p>The same table, methods and seeds give the same searches. This page can be rewritten from <code>table-run.json</code> by <code>npx nastransfer report DIR</code>.</p>`;
}
