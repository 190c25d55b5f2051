import { spearman, spread } from '../../src/nas/math/index.js';
import type { Measurement, ScoreResults } from '../../src/nas/tables/index.js';
import { decimal, grouped, listed, NONE, plural, signed } from '../progress/numbers.js';
import { tauText } from './correlations.js';
import { documentPage, type Section } from './document.js';
import { colourLegend, heatField } from './heat.js';
import { html, type Insert, type Markup } from './html.js';
import { measurementKey, measurementText, shortMeasurement, uniqueMeasurements } from './measurement.js';
import { plot, SMALL } from './plot.js';
import { secondsText } from './predictions.js';
import { scaleOver } from './scale.js';
import { axisOver, scatter } from './scatter.js';
import { factList, runAgain, words } from './setup.js';
import { groupBy, unique } from './studyCells.js';
import { scrolling, table } from './table.js';

type Correlation = ScoreResults['correlations'][number];

/** Larger differences from a published correlation are marked. */
const NOTABLE = 0.1;

/** The report of zero-cost scores as one self-contained HTML page. */
export function scoresPage(results: ScoreResults): string {
  const names = scoreNames(results);
  const sections: [id: string, title: string, body: Markup | null][] = [
    ['correlations', 'How well scores rank', correlationsTable(results)],
    ['scatter', 'Scores and test accuracy', scatterSection(results)],
    ['matrix', 'Correlations between scores', matrixSection(results, names)],
    ['time', 'Time per score', timeSection(results, names)],
    ['rerun', 'Settings, versions, and how to reproduce', settingsSection(results)],
  ];
  return documentPage({
    name: `Zero-cost scores on ${results.table ?? results.space}`,
    kind: 'scores',
    subtitle: [plural(names.length, 'score'), plural(results.cells.length, 'architecture'), results.adapter.name],
    verdict: verdict(results, names),
    findings: findings(results),
    sections: sections.flatMap(([id, title, body]): Section[] => (body === null ? [] : [{ id, title, body }])),
    footer: html`Written by nastransfer. All numbers, not rounded: <code>scores.json</code>; <code>scores.csv</code> and <code>score-correlations.csv</code> beside it.`,
    data: { ...results, cells: undefined },
  });
}

function scoreNames({ cells }: ScoreResults): string[] {
  return unique(cells.flatMap(({ scores }) => Object.keys(scores)));
}

/** The score that ranks best on each measurement, and how many published correlations are reproduced. */
function verdict({ cells, correlations, images }: ScoreResults, names: readonly string[]): string {
  if (cells.length === 0) return 'No architecture has been scored yet, so there are no numbers so far.';
  const scored = `${plural(names.length, 'score')} of ${plural(cells.length, 'architecture')} from one batch of ${images}`;
  const leads = uniqueMeasurements(correlations.map(({ measurement }) => measurement)).flatMap((measurement) => {
    const key = measurementKey(measurement);
    const known = correlations.filter((row) => measurementKey(row.measurement) === key && row.spearman !== null);
    if (known.length === 0) return [];
    const best = known.reduce((first, next) => (next.spearman! > first.spearman! ? next : first));
    return [`${best.score} by ${shortMeasurement(measurement)} accuracy (${decimal(best.spearman, 3)})`];
  });
  if (leads.length === 0) return `${scored}. There is no accuracy to compare with.`;
  const compared = correlations.filter(({ published, spearman }) => published && spearman !== null);
  const met = compared.filter((row) => !isNotable(row)).length;
  const publishedText =
    compared.length > 0
      ? ` ${met} of ${plural(compared.length, 'published correlation')} ${met === 1 ? 'is' : 'are'} met to ${NOTABLE}.`
      : '';
  return `${scored}: by Spearman's ρ, the best ${leads.length === 1 ? 'is' : 'are'} ${listed(leads)}.${publishedText}`;
}

/** Difference from the published correlation; null where one of the two is missing. */
function differenceOf({ spearman, published }: Correlation): number | null {
  return published && spearman !== null ? spearman - published.spearman : null;
}

function isNotable(row: Correlation): boolean {
  const difference = differenceOf(row);
  return difference !== null && Math.abs(difference) > NOTABLE;
}

/** Differences from published values, one sentence per score. */
function findings({ correlations }: ScoreResults): string[] {
  return [...groupBy(correlations.filter(isNotable), ({ score }) => score)].map(([score, rows]) => {
    const pairs = rows.map(
      (row) =>
        `${decimal(row.spearman, 2)} with ${shortMeasurement(row.measurement)} accuracy (published: ${decimal(row.published!.spearman, 2)})`,
    );
    return `${score} differs by more than ${NOTABLE} from the published value: its ρ is ${listed(pairs)}.`;
  });
}

function correlationsTable({ correlations }: ScoreResults): Markup | null {
  if (correlations.length === 0) return null;
  const cited = unique(correlations.flatMap(({ published }) => (published ? [published.source] : [])));
  const tables = uniqueMeasurements(correlations.map(({ measurement }) => measurement)).map((measurement) => {
    const key = measurementKey(measurement);
    const rows = correlations
      .filter((row) => measurementKey(row.measurement) === key)
      .toSorted((a, b) => (b.spearman ?? -2) - (a.spearman ?? -2));
    return table({
      caption: html`<b>${measurementText(measurement)}</b>`,
      columns: ['score', ...COLUMNS.map((number) => ({ number }))],
      rows: rows.map((row): Insert[] => [
        row.score,
        tauText(row.spearman),
        decimal(row.published?.spearman, 2),
        differenceText(row),
        decimal(row.kendall, 3),
        grouped(row.count),
      ]),
    });
  });
  return html`<p>Rank correlations of scores with accuracy, Spearman's ρ and Kendall's τ: 1 for the same ranking, 0 for no correlation; ${NONE} where not defined. The sign is reversed for scores where lower is better. Differences of more than ${NOTABLE} from the published ρ are marked.</p>
<div class="tables">${tables}</div>${cited.length > 0 && html`<p>Published: ${cited.join('; ')}.</p>`}`;
}

const COLUMNS = ['ρ', 'published', 'difference', 'τ', 'cells'];

function differenceText(row: Correlation): Insert {
  const text = signed(differenceOf(row), 2);
  return isNotable(row) ? html`<span class="warning">${text}</span>` : text;
}

/** The rank of each score against test accuracy: scores themselves may span many powers of ten. */
function scatterSection(results: ScoreResults): Markup | null {
  const measurements = uniqueMeasurements(results.correlations.map(({ measurement }) => measurement));
  const tests = measurements.filter(({ split }) => split === 'test');
  const blocks = tests.map((measurement) => scatterPanels(results, measurement)).filter((block) => block !== null);
  if (blocks.length === 0) return null;
  return html`<p>Horizontal axis: share of the architectures with a lower score. Stronger colours mean more architectures. Axes omit the lowest tenth where it is far below the rest.</p>${blocks}`;
}

function scatterPanels(results: ScoreResults, measurement: Measurement): Markup | null {
  const key = measurementKey(measurement);
  const accuracyOf = new Map(
    results.cells.map((cell) => [
      cell,
      cell.accuracies?.find((one) => measurementKey(one.measurement) === key)?.accuracy,
    ]),
  );
  const up = axisOver(
    [...accuracyOf.values()].filter((accuracy) => accuracy !== undefined),
    5,
  );
  const across = scaleOver([0, 100], 5, { min: 0, max: 100 });
  const panels = scoreNames(results).flatMap((score) => {
    const pairs = results.cells.flatMap((cell): [number, number][] => {
      const [value, accuracy] = [cell.scores[score], accuracyOf.get(cell)];
      return isKnown(value) && isKnown(accuracy) ? [[value, accuracy]] : [];
    });
    if (pairs.length === 0) return [];
    const row = results.correlations.find((one) => one.score === score && measurementKey(one.measurement) === key);
    const share = sharesBelow(pairs.map(([value]) => value));
    const points = pairs.map(([, accuracy], i) => [share[i], accuracy] as const);
    return html`
<figure class="panel"><figcaption><b>${score}</b> ρ = ${decimal(row?.spearman, 2)}</figcaption>${plot({
      label: `${score} of ${plural(points.length, 'architecture')}: Spearman's correlation ${decimal(row?.spearman, 3)}`,
      size: SMALL,
      x: { scale: across, title: 'lower scores, %', tickText: (tick) => decimal(tick, 0) },
      y: {
        scale: up,
        title: `${measurement.split} accuracy, %`,
        tickText: (tick) => decimal(tick, up.digits),
      },
      content: (place) => scatter(points, place),
    })}</figure>`;
  });
  if (panels.length === 0) return null;
  return html`<h3>${measurementText(measurement)}</h3><div class="panels" style="--columns:4">${panels}</div>`;
}

/** Percentile rank of each value; equal values count half. */
function sharesBelow(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const [first, last] = [new Map<number, number>(), new Map<number, number>()];
  for (const [place, value] of sorted.entries()) {
    if (!first.has(value)) first.set(value, place);
    last.set(value, place);
  }
  return values.map((value) => (50 * (first.get(value)! + last.get(value)!)) / Math.max(1, values.length - 1));
}

function isKnown(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Spearman's correlation between every two scores, coloured from -1 to 1. */
function matrixSection({ cells }: ScoreResults, names: readonly string[]): Markup | null {
  if (names.length < 2 || cells.length < 2) return null;
  const between = (one: string, other: string) => {
    const both = cells.filter(({ scores }) => isKnown(scores[one]) && isKnown(scores[other]));
    return spearman(
      both.map(({ scores }) => scores[one]!),
      both.map(({ scores }) => scores[other]!),
    );
  };
  return scrolling(
    html`Spearman's ρ between scores. ${colourLegend('−1', '1')}`,
    html`<thead><tr><th scope="col">score</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${names.map(
      (row) => html`
<tr><th scope="row">${row}</th>${names.map((column) => {
        const rho = between(row, column);
        return heatField(rho === null ? null : (rho + 1) / 2, decimal(rho, 2));
      })}</tr>`,
    )}
</tbody>`,
    'matrix dense',
  );
}

function timeSection({ cells, settings }: ScoreResults, names: readonly string[]): Markup | null {
  const rows = names.flatMap((name) => {
    const known = cells.map(({ seconds }) => seconds[name]).filter(isKnown);
    if (known.length === 0) return [];
    const { mean, deviation, count } = spread(known);
    return [[name, secondsText(mean), count > 1 ? secondsText(deviation) : NONE, grouped(count)]];
  });
  if (rows.length === 0) return null;
  return table({
    caption: `Time to score one architecture${settings.batch === undefined ? '' : `, a batch of ${settings.batch}`}`,
    columns: ['score', { number: 'mean' }, { number: 'deviation' }, { number: 'architectures' }],
    rows,
  });
}

function settingsSection({ space, table, images, settings, adapter, versions, rerun }: ScoreResults): Markup {
  return html`${factList([
    ['space', space],
    ...(table === undefined ? [] : [['table', table] as const]),
    ['images', images],
    ...Object.entries(settings).map(([name, value]) => [words(name), String(value)] as const),
    ['adapter', `${adapter.name} (${adapter.kind})`],
    ['driver', adapter.driver],
    ...Object.entries(versions),
  ])}
${rerun !== undefined && runAgain(rerun)}`;
}
