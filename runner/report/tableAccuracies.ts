import {
  type Measurement,
  publishedRemarks,
  type TableAccuracy,
  type TableRunResults,
} from '../../src/nas/tables/index.js';
import { RANDOM_METHOD } from '../../src/nas/transfer/index.js';
import { decimal, NONE, signed, spreadText } from '../progress/numbers.js';
import { heatField } from './heat.js';
import { html, type Insert, type Markup } from './html.js';
import { improvementText } from './improvement.js';
import { columnsText, measurementKey, measurementText, uniqueMeasurements } from './measurement.js';
import { scaleOver } from './scale.js';
import { bestOf } from './searchCurves.js';
import { type Strip, stripTable } from './strip.js';
import { unique } from './studyCells.js';
import { scrolling, table } from './table.js';

/** Accuracies of every method, a table for each source, with the published rows and the difference. */
export function accuraciesSection(results: TableRunResults): Markup {
  const cited = unique(results.accuracies.flatMap(({ published }) => (published ? [published.source] : [])));
  return html`${results.sources.map((source) => sourceTable(results, source))}
${cited.length > 0 && html`<p>Published rows: ${cited.join('; ')}. Why ours may differ: ${publishedRemarks(results).join('; ')}.</p>`}`;
}

function sourceTable(results: TableRunResults, source: string): Markup | null {
  const rows = results.accuracies.filter((one) => one.source === source);
  if (rows.length === 0) return null;
  const measurements = uniqueMeasurements(rows.map(({ measurement }) => measurement));
  const find = (method: string, measurement: Measurement) => {
    const key = measurementKey(measurement);
    return rows.find((row) => row.method === method && measurementKey(row.measurement) === key);
  };
  const best = measurements.map((measurement) => bestOf(results, measurement));
  return table({
    caption: html`Searched on <b>${source}</b>: accuracy of the architectures found in per cent, mean ± standard deviation over the seeds (${columnsText(measurements)}).${rows.some(({ published }) => published) && ' Small: the published value, and in brackets the difference (here minus published).'}`,
    columns: ['method', ...measurements.map(heading)],
    rows: [
      ...unique(rows.map(({ method }) => method)).map((method) => [
        method,
        ...measurements.map((measurement) => accuracyField(find(method, measurement))),
      ]),
      ...(best.some((value) => value !== undefined)
        ? [[html`<small>best of the table</small>`, ...best.map((value) => decimal(value, 2))]]
        : []),
    ],
  });
}

function heading({ set, split }: Measurement) {
  return { number: html`${set}<br>${split}` };
}

function accuracyField(row: TableAccuracy | undefined): Insert {
  if (!row) return NONE;
  const { accuracy, published } = row;
  return html`${spreadText(accuracy, 2)}${
    published &&
    html`<br><small>${decimal(published.mean, 2)} ± ${decimal(published.deviation, 2)} (${signed(accuracy.mean - published.mean, 2)})</small>`
  }`;
}

/** What was found on each source, judged on the test images of each set; null where nothing was measured on test images. */
export function transferSection({ accuracies }: TableRunResults): Markup | null {
  const tests = accuracies.filter(({ measurement }) => measurement.split === 'test');
  if (tests.length === 0) return null;
  const measurements = uniqueMeasurements(tests.map(({ measurement }) => measurement));
  const columns = measurements.map((measurement) => {
    const key = measurementKey(measurement);
    const rows = tests.filter((row) => measurementKey(row.measurement) === key);
    return { rows, position: colourPosition(rows) };
  });
  const methods = unique(tests.map(({ method }) => method));
  const field = (method: string, source: string) =>
    columns.map(({ rows, position }) => {
      const row = rows.find((one) => one.method === method && one.source === source);
      return row ? heatField(position(row), transferField(row)) : heatField(null, NONE);
    });
  const rows = methods.flatMap((method) => {
    const sources = unique(tests.filter((row) => row.method === method).map(({ source }) => source));
    return sources.map(
      (source) => html`
<tr><th scope="row">${method}<br><small>from ${source}</small></th>${field(method, source)}</tr>`,
    );
  });
  return scrolling(
    html`Test accuracy in per cent on each set of the architectures found on one set: mean ± standard deviation over the seeds. Below: relative improvement over random search on the same source, 100 (mean − mean of random) / mean of random, ± its standard error. Colours run from the lowest to the highest mean of a column, if these differ by more than the noise between seeds.`,
    html`<thead><tr><th scope="col">method, searched on</th>${measurements.map(({ set }) => html`<th scope="col">${set}</th>`)}</tr></thead>
<tbody>${rows}
</tbody>`,
    'matrix',
  );
}

function transferField({ accuracy, relativeImprovement: improvement }: TableAccuracy): Markup {
  return html`<span class="spread">${spreadText(accuracy, 2)}</span>${improvement && html`<br><small>${improvementText(improvement, 2)} %</small>`}`;
}

/** Scale from the lowest mean (0) to the highest (1), at least two median deviations wide, so that noise is not shown as a difference. */
function colourPosition(rows: readonly TableAccuracy[]): (row: TableAccuracy) => number {
  const means = rows.map(({ accuracy }) => accuracy.mean);
  const deviations = rows.map(({ accuracy }) => accuracy.deviation).toSorted((a, b) => a - b);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const least = Math.max(2 * deviations[deviations.length >> 1], 1e-3);
  const widen = Math.max(0, least - (high - low)) / 2;
  return ({ accuracy }) => (accuracy.mean - low + widen) / (high - low + 2 * widen);
}

/** Distribution of the test accuracies of single searches on the set searched on: a plot for each source. */
export function distributionSection(results: TableRunResults): Markup | null {
  const plots = results.sources.map((source) => distribution(results, source)).filter((markup) => markup !== null);
  return plots.length > 0 ? html`${plots}` : null;
}

function distribution(results: TableRunResults, source: string): Markup | null {
  const measurement = mainMeasurement(results, source);
  if (!measurement) return null;
  const key = measurementKey(measurement);
  const rows = results.accuracies.filter((row) => row.source === source && measurementKey(row.measurement) === key);
  const strips = rows.map(({ method, accuracy, values = [] }): Strip => {
    const { mean, deviation, count } = accuracy;
    return {
      label: html`<b>${method}</b>`,
      value: spreadText(accuracy, 2),
      runs: values,
      mean,
      error: count > 1 ? deviation : undefined,
      muted: method === RANDOM_METHOD,
    };
  });
  const best = bestOf(results, measurement);
  const ends = strips.flatMap(({ runs, mean, error = 0 }) => [...runs, mean - error, mean + error]);
  const scale = scaleOver(best === undefined ? ends : [...ends, best], 6, { min: 0, max: 100 });
  return stripTable({
    caption: html`Searched on <b>${source}</b>: ${measurementText(measurement)}. Small dots are single searches, of very many a histogram; the large dot is their mean, the bar one standard deviation to either side.${best !== undefined && html` <span class="legend"><span class="key linear"></span>best of the table ${decimal(best, 2)} %</span>`}`,
    labelHeading: 'method',
    plotHeading: 'test accuracy',
    valueHeading: '%',
    strips,
    levels:
      best === undefined ? [] : [{ name: `best of the table: ${decimal(best, 2)} %`, value: best, kind: 'linear' }],
    scale,
    tickText: (tick) => `${decimal(tick, scale.digits)} %`,
  });
}

/** Measurement used to compare searches on a source: test accuracy on the same set, else on any set, else the first. */
export function mainMeasurement({ accuracies }: TableRunResults, source: string): Measurement | undefined {
  const measurements = accuracies.filter((row) => row.source === source).map(({ measurement }) => measurement);
  const tests = measurements.filter(({ split }) => split === 'test');
  return tests.find(({ set }) => set === source) ?? tests[0] ?? measurements[0];
}
