import type { StudyResults } from '../../src/nas/transfer/index.js';
import { percent, percentSpread } from '../progress/numbers.js';
import { html, type Markup, trusted } from './html.js';
import { FONT_SIZE, margins, spaced, textWidth, widest } from './labels.js';
import { seriesClass } from './plot.js';
import { scaleOver } from './scale.js';
import { isRunOf, unique } from './studyCells.js';
import { FIGURE_STYLE, PALETTES } from './style.js';

/** Height of a source within the row of a method. */
const LANE = 9;
const LEGEND_COLUMNS = 3;
const LINE = 15;
/** Smallest width of the column of method names, and the largest as a share of the figure's width. */
const LEAST_NAMES = 150;
const MOST_NAMES = 0.4;

type Width = 'wide' | 'narrow';

/** Layout of a figure: names beside their rows, or above them where they would take too much of the width. */
interface Layout {
  readonly width: number;
  /** Left end of the rows. */
  readonly left: number;
  /** Height of the names above the rows. */
  readonly above: number;
}

/**
 * Accuracies on one target: one row per method, in it one lane per source with one dot per seed and a bar at the mean; lines at the
 * references. The style sheet shows the figure for wide or for narrow pages.
 */
export function dotFigure(results: StudyResults, target: string): Markup {
  return html`${draw(results, target, 'wide')}${draw(results, target, 'narrow')}`;
}

/** The wide figure as an SVG file, for light and dark pages. */
export function dotFigureFile(results: StudyResults, target: string): string {
  const style = trusted(
    `<style>.dot-figure{${PALETTES.light}}@media(prefers-color-scheme:dark){.dot-figure{${PALETTES.dark}}}${FIGURE_STYLE}</style>`,
  );
  return `${draw(results, target, 'wide', style).text.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

function layoutOf(methods: readonly string[], page: Width): Layout {
  const width = page === 'wide' ? 720 : 340;
  const left = Math.max(LEAST_NAMES, Math.ceil(widest(methods, FONT_SIZE, 'bold')) + 10);
  return left > MOST_NAMES * width ? { width, left: 0, above: LINE } : { width, left, above: 0 };
}

function draw(results: StudyResults, target: string, page: Width, style?: Markup): Markup {
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
    page === 'wide' ? 7 : 5,
    { min: 0, max: 1 },
  );
  const { width, left, above } = layoutOf(methods, page);
  const tickTexts = scale.ticks.map((tick) => percent(tick, Math.max(0, scale.digits - 2)));
  const labels = scale.ticks.map((tick, i) => ({ at: scale.at(tick), width: textWidth(tickTexts[i], FONT_SIZE) }));
  const { before, after } = margins(labels, width, { before: left, after: 20 });
  const across = width - before - after;
  const isShown = spaced(labels, across);
  const x = (accuracy: number) => (before + across * scale.at(Math.max(low, accuracy))).toFixed(1);
  const titles = titlesOf(
    page === 'wide' ? `${target}: ` : '',
    width,
    jobs.some(({ accuracy }) => accuracy < low),
  );
  const head = LINE * (titles.length - 1);
  const top = 24 + head + LINE * references.length;
  const row = above + LANE * sources.length + 10;
  const bottom = top + row * methods.length;
  const legend = bottom + 34;
  const columns = legendColumns(sources, width);
  const height = legend + LINE * Math.ceil(sources.length / columns);
  return html`<svg class="dot-figure${page === 'narrow' && ' narrow'}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Accuracy on ${target} by method and source">${style}
${titles.map((title, i) => html`<text x="0" y="${12 + LINE * i}" class="title">${title}</text>`)}
${scale.ticks.map(
  (tick, i) =>
    html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/>${isShown[i] && html`<text x="${x(tick)}" y="${bottom + 15}" text-anchor="middle">${tickTexts[i]}</text>`}`,
)}
${methods.map((method, i) => {
  const y = top + row * i;
  return html`<line class="grid" x1="0" x2="${width - 20}" y1="${y}" y2="${y}"/><text class="name" x="0" y="${above > 0 ? y + 10 : y + row / 2}" dy="0.35em">${method}</text>`;
})}
${references.map(({ name, accuracy }, i) => {
  const right = scale.at(accuracy) > 0.5;
  const y = head + LINE * (i + 1);
  return html`<line class="level ${name}" x1="${x(accuracy)}" x2="${x(accuracy)}" y1="${y + 15}" y2="${bottom}"/><text x="${x(accuracy)}" dx="${right ? -5 : 5}" y="${y + 20}" text-anchor="${right ? 'end' : 'start'}">${name} ${percent(accuracy)}</text>`;
})}
${cells.map((cell) => {
  const lane = sources.indexOf(cell.source);
  const y = top + row * methods.indexOf(cell.method) + above + 5 + LANE * (lane + 0.5);
  const mean = x(cell.accuracy.mean);
  return html`<g class="${seriesClass(lane)}"><title>${cell.method} from ${cell.source}: ${percentSpread(cell.accuracy)} %</title>${jobs
    .filter((job) => isRunOf(job, cell))
    .map(
      (job) => html`<circle${job.accuracy < low && html` class="below"`} cx="${x(job.accuracy)}" cy="${y}" r="3"/>`,
    )}<line x1="${mean}" x2="${mean}" y1="${y - 4.5}" y2="${y + 4.5}"/></g>`;
})}
${sources.map((source, i) => {
  const at = ((width - 10) / columns) * (i % columns);
  const y = legend + LINE * Math.floor(i / columns);
  return html`<g class="${seriesClass(i)}"><circle class="key" cx="${at + 5}" cy="${y}" r="4"/></g><text x="${at + 14}" y="${y}" dy="0.35em">${source}</text>`;
})}
</svg>`;
}

/** The title, broken into two lines where needed. */
function titlesOf(prefix: string, width: number, isCut: boolean): string[] {
  const title = `${prefix}test accuracy of found cells, %`;
  if (!isCut) return [title];
  const note = '(hollow dots lie below the axis)';
  const line = `${title} ${note}`;
  return textWidth(line, FONT_SIZE, 'bold') > width ? [title, note] : [line];
}

function legendColumns(sources: readonly string[], width: number): number {
  const fitting = Math.floor((width - 10) / (widest(sources, FONT_SIZE) + 24));
  return Math.min(LEGEND_COLUMNS, Math.max(1, fitting));
}

/** Start of the axis: below nine tenths of the runs and below the references, so that a few collapsed cells do not compress the others. */
function lowest(runs: readonly number[], references: readonly number[]): number {
  const sorted = [...runs].sort((a, b) => a - b);
  const most = Math.min(sorted[Math.floor(0.1 * sorted.length)], ...references);
  const high = Math.max(...runs, ...references);
  return most - 0.1 * (high - most);
}
