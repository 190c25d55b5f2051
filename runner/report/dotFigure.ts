import type { StudyResults } from '../../src/nas/transfer/results.js';
import { html, type Markup, trusted } from './html.js';
import { percent, percentSpread } from './numbers.js';
import { seriesClass } from './plot.js';
import { scaleOver } from './scale.js';
import { isRunOf, unique } from './studyCells.js';
import { FIGURE_STYLE, PALETTES } from './style.js';

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 20;
/** Height of a source within the row of a method. */
const LANE = 9;
const LEGEND_COLUMNS = 3;
const LINE = 15;

/** One target's accuracies: a row a method, in it a lane a source with a dot a seed and a bar at the mean; lines at the references. */
export function dotFigure(results: StudyResults, target: string): Markup {
  return draw(results, target);
}

/** The same as a file of its own, for light and dark pages. */
export function dotFigureFile(results: StudyResults, target: string): string {
  const style = trusted(
    `<style>.dot-figure{${PALETTES.light}}@media(prefers-color-scheme:dark){.dot-figure{${PALETTES.dark}}}${FIGURE_STYLE}</style>`,
  );
  return `${draw(results, target, style).text.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

function draw(results: StudyResults, target: string, style?: Markup): Markup {
  const cells = results.summary.cells.filter((cell) => cell.target === target);
  const methods = unique(cells.map(({ method }) => method));
  const sources = unique(cells.map(({ source }) => source));
  const references = (results.references ?? []).filter((reference) => reference.target === target);
  const jobs = results.jobs.filter((job) => job.target === target);
  const low = lowest(
    jobs.map(({ accuracy }) => accuracy),
    references.map(({ accuracy }) => accuracy),
  );
  const scale = scaleOver(
    [...references, ...jobs].map(({ accuracy }) => Math.max(low, accuracy)),
    7,
    { min: 0, max: 1 },
  );
  const x = (accuracy: number) => (LEFT + (WIDTH - LEFT - RIGHT) * scale.at(Math.max(low, accuracy))).toFixed(1);
  const top = 24 + LINE * references.length;
  const row = LANE * sources.length + 10;
  const bottom = top + row * methods.length;
  const legend = bottom + 34;
  const height = legend + LINE * Math.ceil(sources.length / LEGEND_COLUMNS);
  const digits = Math.max(0, scale.digits - 2);
  return html`<svg class="dot-figure" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Accuracy on ${target} by method and source">${style}
<text x="0" y="12" class="title">${target}: test accuracy of found cells, %${jobs.some(({ accuracy }) => accuracy < low) && ' (hollow dots lie below the axis)'}</text>
${scale.ticks.map(
  (tick) =>
    html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/><text x="${x(tick)}" y="${bottom + 15}" text-anchor="middle">${percent(tick, digits)}</text>`,
)}
${methods.map((method, i) => {
  const y = top + row * i;
  return html`<line class="grid" x1="0" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="name" x="0" y="${y + row / 2}" dy="0.35em">${method}</text>`;
})}
${references.map(({ name, accuracy }, i) => {
  const right = scale.at(accuracy) > 0.5;
  return html`<line class="level ${name}" x1="${x(accuracy)}" x2="${x(accuracy)}" y1="${15 + LINE * (i + 1)}" y2="${bottom}"/><text x="${x(accuracy)}" dx="${right ? -5 : 5}" y="${20 + LINE * (i + 1)}" text-anchor="${right ? 'end' : 'start'}">${name} ${percent(accuracy)}</text>`;
})}
${cells.map((cell) => {
  const lane = sources.indexOf(cell.source);
  const y = top + row * methods.indexOf(cell.method) + 5 + LANE * (lane + 0.5);
  const mean = x(cell.accuracy.mean);
  return html`<g class="${seriesClass(lane)}"><title>${cell.method} from ${cell.source}: ${percentSpread(cell.accuracy)} %</title>${jobs
    .filter((job) => isRunOf(job, cell))
    .map(
      (job) => html`<circle${job.accuracy < low && html` class="below"`} cx="${x(job.accuracy)}" cy="${y}" r="3"/>`,
    )}<line x1="${mean}" x2="${mean}" y1="${y - 4.5}" y2="${y + 4.5}"/></g>`;
})}
${sources.map((source, i) => {
  const at = ((WIDTH - 10) / LEGEND_COLUMNS) * (i % LEGEND_COLUMNS);
  const y = legend + LINE * Math.floor(i / LEGEND_COLUMNS);
  return html`<g class="${seriesClass(i)}"><circle cx="${at + 5}" cy="${y}" r="4"/></g><text x="${at + 14}" y="${y}" dy="0.35em">${source}</text>`;
})}
</svg>`;
}

/** Where the axis begins, so that a few collapsed cells don't press all others together: below nine tenths of the runs and the references. */
function lowest(runs: readonly number[], references: readonly number[]): number {
  const sorted = [...runs].sort((a, b) => a - b);
  const most = Math.min(sorted[Math.floor(0.1 * sorted.length)], ...references);
  const high = Math.max(...runs, ...references);
  return most - 0.1 * (high - most);
}
