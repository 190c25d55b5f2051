import type { PredictionResults } from '../../src/nas/tables/index.js';
import { duration } from '../progress/duration.js';
import { decimal, grouped, listed, plural, rangeText, spreadText } from '../progress/numbers.js';
import { documentPage, type Section } from './document.js';
import { html, type Markup } from './html.js';
import { measurementText } from './measurement.js';
import { curveClass, linePath, plot, SMALL, seriesClass, seriesLegend, WIDE } from './plot.js';
import { scaleOver } from './scale.js';
import { axisOver, scatter } from './scatter.js';
import { factList, runAgain } from './setup.js';
import { type Strip, stripTable } from './strip.js';
import { unique } from './studyCells.js';
import { table } from './table.js';

type Predictor = PredictionResults['predictors'][number];

/** The report of how well predictors rank a table's rows as one self-contained HTML page. */
export function predictionsPage(results: PredictionResults): string {
  const predictors = results.predictors.map(({ points, ...predictor }) => predictor);
  const sections: [id: string, title: string, body: Markup | null][] = [
    ['ranks', 'Rank correlation', ranksSection(results)],
    ['fitted', 'Number of fitted architectures', fittedSection(results)],
    ['scatter', 'Predicted and true', scatterSection(results)],
    ['numbers', 'All numbers', numbersSection(results)],
    ['rerun', 'Versions, and how to reproduce', settingsSection(results)],
  ];
  return documentPage({
    name: `Predictors on ${results.table}`,
    kind: 'predictions',
    subtitle: [
      plural(unique(results.predictors.map(nameOf)).length, 'predictor'),
      plural(results.seeds.length, 'seed'),
      measurementText(results.measurement),
    ],
    verdict: verdict(results),
    findings: [],
    sections: sections.flatMap(([id, title, body]): Section[] => (body === null ? [] : [{ id, title, body }])),
    footer: html`Written by nastransfer. All numbers, not rounded: <code>predictions.json</code>; <code>predictions.csv</code> beside it.`,
    data: { ...results, predictors },
  });
}

function nameOf({ label, encoding }: Predictor): string {
  return `${label} (${encoding})`;
}

/** Numbers of fitted architectures, ascending. */
function sizesOf({ predictors }: PredictionResults): number[] {
  return unique(predictors.map(({ fitted }) => fitted)).toSorted((a, b) => a - b);
}

function ofSize({ predictors }: PredictionResults, size: number): Predictor[] {
  return predictors.filter(({ fitted }) => fitted === size).toSorted((a, b) => b.spearman.mean - a.spearman.mean);
}

/** The best predictor for each number of fitted architectures. */
function verdict(results: PredictionResults): string {
  if (results.predictors.length === 0) return 'No predictor has been fitted yet, so there are no numbers so far.';
  const claims = sizesOf(results).map((size) => {
    const [best, ...others] = ofSize(results, size);
    const leads = `with ${plural(size, 'architecture')} to fit on, ${nameOf(best)} ${others.length > 0 ? 'ranks best' : 'ranks the others'} with a Spearman's ρ of ${spreadText(best.spearman, 3)}`;
    const close = others.filter(({ spearman: { mean, deviation, count } }) => {
      const error = Math.hypot(deviation / Math.sqrt(count), best.spearman.deviation / Math.sqrt(best.spearman.count));
      return best.spearman.mean - mean <= 2 * error;
    });
    return close.length > 0 && best.spearman.count > 1
      ? `${leads} (within two standard errors: ${listed(close.map(nameOf))})`
      : leads;
  });
  const single =
    results.seeds.length === 1 ? ' With a single seed, differences cannot be distinguished from noise.' : '';
  const sentence = claims.join('; ');
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}.${single}`;
}

/** Spearman's correlation, a dot plot for each number of architectures fitted on, all on one scale. */
function ranksSection(results: PredictionResults): Markup | null {
  if (results.predictors.length === 0) return null;
  const ends = results.predictors.flatMap(({ spearman: { mean, deviation } }) => [mean - deviation, mean + deviation]);
  const scale = scaleOver(ends, 6, { min: -1, max: 1 });
  return html`<p>Spearman's ρ between predicted and true accuracy of the rows that were not fitted on: 1 for the same ranking, 0 for no correlation. Bars are one standard deviation over the seeds.</p>
${sizesOf(results).map((size) =>
  stripTable({
    caption: html`Fitted on <b>${plural(size, 'architecture')}</b>`,
    labelHeading: 'predictor, encoding',
    plotHeading: "Spearman's ρ",
    valueHeading: 'ρ',
    strips: ofSize(results, size).map(
      ({ label, encoding, spearman }): Strip => ({
        label: html`<b>${label}</b> <small>${encoding}</small>`,
        value: spreadText(spearman, 3),
        runs: [],
        mean: spearman.mean,
        error: spearman.count > 1 ? spearman.deviation : undefined,
      }),
    ),
    levels: [],
    scale,
    tickText: (tick) => decimal(tick, scale.digits),
  }),
)}`;
}

/** Correlation against the number of fitted architectures; null for a single number. */
function fittedSection(results: PredictionResults): Markup | null {
  const sizes = sizesOf(results);
  if (sizes.length < 2) return null;
  const names = unique(results.predictors.map(nameOf));
  const up = scaleOver(
    results.predictors.map(({ spearman }) => spearman.mean),
    6,
    { min: -1, max: 1 },
  );
  const across = scaleOver([0, ...sizes], 5, { min: 0 });
  const lines = names.map((name) =>
    results.predictors
      .filter((predictor) => nameOf(predictor) === name)
      .map(({ fitted, spearman }) => [fitted, spearman.mean] as const)
      .toSorted((a, b) => a[0] - b[0]),
  );
  return html`${seriesLegend(names, names)}
<div class="panels" style="--columns:2"><figure class="panel wide">${plot({
    label: "Spearman's correlation against the number of architectures fitted on",
    size: WIDE,
    x: { scale: across, title: 'architectures fitted on', tickText: grouped },
    y: { scale: up, title: "Spearman's ρ", tickText: (tick) => decimal(tick, up.digits) },
    content: ({ x, y }) =>
      lines.map((points, i) => {
        const path = linePath(points.map(([fitted, mean]) => [x(fitted), y(mean)] as const));
        return html`<g class="series ${seriesClass(i)}"><title>${names[i]}</title><path class="${curveClass(i)}" d="${path}"/><path class="curve hit" d="${path}"/></g>`;
      }),
  })}</figure></div>`;
}

function scatterSection(results: PredictionResults): Markup | null {
  const shown = results.predictors.filter(({ points }) => points.length > 0);
  if (shown.length === 0) return null;
  const up = axisOver(
    shown.flatMap(({ points }) => points.map(([, known]) => known)),
    5,
  );
  return html`<p>Rows that were not fitted on, with the first seed. On the dashed line, prediction and true accuracy are equal. Stronger colours mean more rows. Axes omit the lowest tenth where it is far below the rest.</p>
<div class="panels" style="--columns:4">${shown.map((predictor) => {
    const across = axisOver(
      predictor.points.map(([predicted]) => predicted),
      3,
    );
    return html`
<figure class="panel"><figcaption><b>${predictor.label}</b> ${predictor.encoding}, fitted on ${grouped(predictor.fitted)}</figcaption>${plot(
      {
        label: `${nameOf(predictor)}: ${plural(predictor.points.length, 'row')}, Spearman's correlation ${spreadText(predictor.spearman, 3)}`,
        size: SMALL,
        x: { scale: across, title: 'predicted, %', tickText: (tick) => decimal(tick, across.digits) },
        y: { scale: up, title: 'true accuracy, %', tickText: (tick) => decimal(tick, up.digits) },
        content: (place) => {
          const finite = predictor.points.filter((point) => point.every(Number.isFinite));
          const equal = linePath([0, 100].map((value) => [place.x(value), place.y(value)] as const));
          return html`<path class="diagonal" d="${equal}"/>${scatter(finite, place)}`;
        },
      },
    )}</figure>`;
  })}</div>`;
}

function numbersSection({ predictors }: PredictionResults): Markup | null {
  if (predictors.length === 0) return null;
  return table({
    caption: 'Mean ± standard deviation over the seeds; seconds to fit, and to predict all rows',
    columns: [
      'predictor',
      'encoding',
      { number: 'fitted on' },
      { number: 'Spearman' },
      { number: 'Kendall' },
      { number: 'fit' },
      { number: 'predict' },
    ],
    rows: predictors.map(({ label, encoding, fitted, spearman, kendall, fitSeconds, predictSeconds }) => [
      label,
      encoding,
      grouped(fitted),
      spreadText(spearman, 3),
      spreadText(kendall, 3),
      secondsText(fitSeconds.mean),
      secondsText(predictSeconds.mean),
    ]),
  });
}

/** Below a tenth of a second as milliseconds. */
export function secondsText(seconds: number): string {
  return seconds < 0.0995 && seconds >= 0
    ? `${decimal(1000 * seconds, seconds < 0.00995 ? 1 : 0)} ms`
    : duration(seconds);
}

function settingsSection(results: PredictionResults): Markup {
  return html`${factList([
    ['table', results.table],
    ['space', results.space],
    ['predicted', measurementText(results.measurement)],
    ['seeds', rangeText(results.seeds)],
    ...Object.entries(results.versions),
  ])}
${results.rerun !== undefined && runAgain(results.rerun)}`;
}
