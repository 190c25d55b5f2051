import type { Measurement, SearchCurve, TableRunResults } from '../../src/nas/tables/index.js';
import { decimal, grouped } from '../progress/numbers.js';
import { html, type Markup } from './html.js';
import { measurementKey, measurementText } from './measurement.js';
import { curveClass, linePath, type Place, plot, seriesClass, seriesLegend, WIDE } from './plot.js';
import { scaleOver } from './scale.js';
import { groupBy, unique } from './studyCells.js';

/** Best so far against queries and against seconds, two figures for each source and measurement; null without curves. */
export function searchCurvesSection(results: TableRunResults): Markup | null {
  const curves = results.curves.filter(({ x }) => x.length > 0);
  if (curves.length === 0) return null;
  const labels = results.methods.map(({ label }) => label);
  const ordered = results.sources.flatMap((source) => curves.filter((curve) => curve.source === source));
  const groups = groupBy(ordered, ({ source, measurement }) => source + measurementKey(measurement));
  return html`<p>Accuracy of the best architecture so far (chosen by what the search saw) against queries and against simulated seconds. Lines are means over the seeds, bands go from the 10 % to the 90 % quantile. The vertical axis omits the start, where every search is far below.</p>
${[...groups.values()].map((group) => figures(group, labels, bestOf(results, group[0].measurement)))}`;
}

/** The highest accuracy of the table, if the references include it. */
export function bestOf({ references }: TableRunResults, measurement: Measurement): number | undefined {
  const key = measurementKey(measurement);
  const known = references
    .flatMap(({ accuracies }) => accuracies.filter((one) => measurementKey(one.measurement) === key))
    .map(({ accuracy }) => accuracy)
    .filter(Number.isFinite);
  return known.length > 0 ? Math.max(...known) : undefined;
}

function figures(group: readonly SearchCurve[], labels: readonly string[], best: number | undefined): Markup {
  const [{ source, measurement }] = group;
  const level =
    best !== undefined &&
    html`<span class="legend"><span class="key level"></span> best of the table, ${decimal(best, 2)} %</span>`;
  return html`<h3>Searched on ${source}: ${measurementText(measurement)}</h3>
${seriesLegend(unique(group.map(({ method }) => method)), labels, level)}
<div class="panels" style="--columns:2">${(['queries', 'seconds'] as const).map((axis) => {
    const lines = group.filter(
      (curve) => curve.axis === axis && !(axis === 'seconds' && curve.x.every((x) => x === 0)),
    );
    return lines.length > 0 && figure(lines, axis, labels, best);
  })}</div>`;
}

function figure(
  curves: readonly SearchCurve[],
  axis: SearchCurve['axis'],
  labels: readonly string[],
  best: number | undefined,
): Markup {
  const across = scaleOver([0, ...curves.flatMap(({ x }) => [x[0], x[x.length - 1]])], 5, { min: 0 });
  const up = scaleOver(heights(curves, best), 6, { max: 100 });
  return html`
<figure class="panel wide">${plot({
    label: curves.map(curveText).join('; '),
    size: WIDE,
    x: { scale: across, title: axis === 'queries' ? 'queries' : "seconds of the table's clock", tickText: grouped },
    y: {
      scale: up,
      title: `${curves[0].measurement.split} accuracy, %`,
      tickText: (tick) => decimal(tick, up.digits),
    },
    content: (place) =>
      html`${
        best !== undefined &&
        html`<line class="level" x1="0" x2="${place.width}" y1="${place.y(best)}" y2="${place.y(best)}"><title>best of the table: ${decimal(best, 2)} %</title></line>`
      }${curves.map((curve) => line(curve, labels.indexOf(curve.method), place, Math.min(0.12, 0.4 / curves.length)))}`,
  })}</figure>`;
}

/** Range of the vertical axis: values after a tenth of the longest search. */
function heights(curves: readonly SearchCurve[], best: number | undefined): number[] {
  const end = Math.max(...curves.map(({ x }) => x[x.length - 1]));
  const shown = curves.flatMap(({ x, low, high, mean }) => {
    const late = x.findIndex((value) => value >= end / 10);
    const first = late < 0 ? x.length - 1 : late;
    return [low, high, mean].flatMap((values) => values.slice(first));
  });
  return best === undefined ? shown : [...shown, best];
}

function line(curve: SearchCurve, series: number, place: Place, bandOpacity: number): Markup {
  const path = linePath(curve.x.map((value, i) => [place.x(value), place.y(curve.mean[i])] as const));
  return html`<g class="series ${seriesClass(series)}"><title>${curveText(curve)}</title><path class="band" fill-opacity="${bandOpacity.toFixed(3)}" d="${bandPath(curve, place)}"/><path class="${curveClass(series)}" d="${path}"/><path class="curve hit" d="${path}"/></g>`;
}

function bandPath({ x: values, low, high }: SearchCurve, { x, y }: Place): string {
  const upper = values.map((value, i) => `${x(value)} ${y(high[i])}`);
  const lower = values.map((value, i) => `${x(value)} ${y(low[i])}`).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}

/** `evolution: 94.01 % (10–90 %: 93.80 to 94.30) after 500 queries`. */
function curveText({ method, axis, x, mean, low, high }: SearchCurve): string {
  const last = x.length - 1;
  return `${method}: ${decimal(mean[last], 2)} % (10–90 %: ${decimal(low[last], 2)} to ${decimal(high[last], 2)}) after ${grouped(x[last])} ${axis}`;
}
