import type { Spread } from '../../src/nas/math/index.js';
import { RANDOM_METHOD, type StudyResults } from '../../src/nas/transfer/index.js';
import { NONE, percent, percentSpread } from '../progress/numbers.js';
import { colourLegend, heatField } from './heat.js';
import { html, type Markup } from './html.js';
import { scaleOver } from './scale.js';
import { type Level, type Strip, stripTable } from './strip.js';
import { isRunOf, pooledDeviation, type SummaryCell, unique } from './studyCells.js';
import { scrolling } from './table.js';

/** Accuracy of every source and method on one target: as a heat map, and single runs. (Judged studies show single runs in a figure.) */
export function accuracySection(results: StudyResults, target: string): Markup {
  const cells = results.summary.cells.filter((cell) => cell.target === target);
  const levels = referenceLevels(results, target);
  return html`${heatMap(cells, target, levels)}
${!results.judge && accuracyPlot(results, cells, target, levels)}`;
}

/** How the references of a judged study are drawn. */
const KINDS = { optimum: 'linear', resnet: 'zero', 'random-mean': 'chance' } as const;

function referenceLevels(results: StudyResults, target: string): Level[] {
  if (results.references)
    return results.references
      .filter((reference) => reference.target === target)
      .map(({ name, accuracy }) => ({ name: `${name} ${percent(accuracy)} %`, value: accuracy, kind: KINDS[name] }));
  const baseline = results.baselines.find((level) => level.target === target);
  if (!baseline) return [];
  return [
    { name: `linear classifier ${percent(baseline.linear)} %`, value: baseline.linear, kind: 'linear' },
    { name: `chance ${percent(baseline.chance)} %`, value: baseline.chance, kind: 'chance' },
  ];
}

function heatMap(cells: readonly SummaryCell[], target: string, levels: readonly Level[]): Markup {
  const methods = unique(cells.map((cell) => cell.method));
  const sources = unique(cells.map((cell) => cell.source));
  const [low, high] = colourRange(cells);
  const field = (source: string, method: string) => {
    const cell = cells.find((candidate) => candidate.source === source && candidate.method === method);
    return cell
      ? heatField((cell.accuracy.mean - low) / (high - low), spreadField(cell.accuracy))
      : heatField(null, NONE);
  };
  return scrolling(
    html`Accuracy on the test images of <b>${target}</b> in per cent: mean ± standard deviation over the seeds (number of runs). ${colourLegend(`${percent(low)}`, `${percent(high)} %`)}`,
    html`<thead><tr><th scope="col">searched on</th>${methods.map((method) => html`<th scope="col">${method}</th>`)}<th scope="col">mean without random</th></tr></thead>
<tbody>${sources.map(
      (source) => html`
<tr><th scope="row">${source}</th>${methods.map((method) => field(source, method))}<td>${percent(meanOfMethods(cells, source))}</td></tr>`,
    )}
</tbody>
<tfoot>${levels.map((level) => html`<tr class="reference"><td colspan="${methods.length + 2}">reference: ${level.name}</td></tr>`)}</tfoot>`,
    'matrix',
  );
}

function spreadField(spread: Spread): Markup {
  return html`<span class="spread">${percentSpread(spread)}</span> <small>(${spread.count})</small>`;
}

/** Mean accuracy of a source over the methods that searched on it, without random cells. */
function meanOfMethods(cells: readonly SummaryCell[], source: string): number | null {
  const means = cells
    .filter((cell) => cell.source === source && cell.method !== RANDOM_METHOD)
    .map((cell) => cell.accuracy.mean);
  return means.length > 0 ? means.reduce((sum, mean) => sum + mean) / means.length : null;
}

/** The range of the means, widened to four pooled standard deviations where it is narrower. */
function colourRange(cells: readonly SummaryCell[]): [number, number] {
  const means = cells.map((cell) => cell.accuracy.mean);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const widen = Math.max(0, 4 * pooledDeviation(cells) - (high - low), 1e-3 - (high - low)) / 2;
  return [Math.max(0, low - widen), Math.min(1, high + widen)];
}

function accuracyPlot(
  results: StudyResults,
  cells: readonly SummaryCell[],
  target: string,
  levels: readonly Level[],
): Markup {
  const strips = cells.map((cell): Strip => {
    const runs = results.jobs.filter((job) => isRunOf(job, cell)).map((job) => job.accuracy);
    const { mean, deviation, count } = cell.accuracy;
    return {
      label: runLabel(cell),
      value: percentSpread(cell.accuracy),
      runs,
      mean,
      error: count > 1 ? deviation : undefined,
      muted: cell.method === RANDOM_METHOD,
    };
  });
  const values = strips.flatMap(({ runs, mean, error = 0 }) => [...runs, mean - error, mean + error]);
  const shown = levels.filter((level) => isNear(level.value, values));
  const scale = scaleOver([...shown.map((level) => level.value), ...values], 6, { min: 0, max: 1 });
  return stripTable({
    caption: html`Every run on <b>${target}</b>: small dots are single seeds, the large dot is their mean, the bar one standard deviation to either side.${levels.map(
      (level) =>
        shown.includes(level)
          ? html` <span class="legend"><span class="key ${level.kind}"></span>${level.name}</span>`
          : html` <span class="legend">(${level.name} is off this axis)</span>`,
    )}`,
    labelHeading: 'method, source',
    plotHeading: 'accuracy',
    valueHeading: '%',
    strips,
    levels: shown,
    scale,
    tickText: (tick) => `${percent(tick, Math.max(0, scale.digits - 2))} %`,
  });
}

/** Whether an axis can include the level and still show differences of runs: within three times their range, or 5 points. */
function isNear(level: number, values: readonly number[]): boolean {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(3 * (high - low), 0.05);
  return level >= low - room && level <= high + room;
}

export function runLabel(run: { readonly method: string; readonly source: string }): Markup {
  return html`<b>${run.method}</b> <small>from ${run.source}</small>`;
}
