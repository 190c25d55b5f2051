import { plural } from '../progress/numbers.js';
import { html, type Insert, type Markup } from './html.js';
import { FONT_SIZE, margins, type PlacedLabel, spaced, textWidth } from './labels.js';
import type { Scale } from './scale.js';

/** More runs are drawn as a histogram. */
const MOST_DOTS = 60;

const BARS = 80;

/** Width of a plot in pixels: at least on a phone, and beside its names, where the style puts it above 50rem. */
const NARROW = 288;
const BESIDE = 400;

/** Horizontal range of the values, as shares of the width: labels need room at both ends. */
interface Frame {
  readonly scale: Scale;
  readonly start: number;
  readonly width: number;
}

/** A row of a dot plot: single runs as small dots, their mean as a large dot with an error bar. */
export interface Strip {
  readonly label: Insert;
  /** The numbers as text: for the last column of the table and for screen readers. */
  readonly value: string;
  readonly runs: readonly number[];
  readonly mean: number;
  /** Half the length of the error bar; absent where unknown. */
  readonly error?: number;
  /** Drawn paler: the reference of the comparison. */
  readonly muted?: boolean;
}

export interface Level {
  readonly name: string;
  readonly value: number;
  readonly kind: 'zero' | 'chance' | 'linear';
}

interface StripTable {
  readonly caption: Insert;
  readonly labelHeading: string;
  readonly plotHeading: string;
  readonly valueHeading: string;
  readonly strips: readonly Strip[];
  readonly levels: readonly Level[];
  readonly scale: Scale;
  readonly tickText: (tick: number) => string;
}

/**
 * A table whose middle column is a dot plot. Horizontal positions are in per cent, so the plot can have any width while text
 * and dots keep their size. The numbers stand beside it, so the table can be read without the picture.
 */
export function stripTable({ scale, levels, ...table }: StripTable): Markup {
  const { strips, tickText } = table;
  const frame = frameOf(scale, tickText);
  return html`<figure class="table"><figcaption>${table.caption}</figcaption>
<table class="strips">
<thead><tr><th scope="col">${table.labelHeading}</th><th scope="col" class="plot">${table.plotHeading}</th><th scope="col" class="number">${table.valueHeading}</th></tr></thead>
<tbody>${strips.map(
    (strip) => html`
<tr${strip.muted && html` class="muted"`}><th scope="row">${strip.label}</th><td class="plot">${picture(strip, levels, frame)}</td><td class="number">${strip.value}</td></tr>`,
  )}
</tbody>
<tfoot aria-hidden="true"><tr><td></td><td class="plot">${axis(frame, tickText)}</td><td></td></tr></tfoot>
</table></figure>`;
}

function placedLabels(scale: Scale, ticks: readonly number[], tickText: (tick: number) => string): PlacedLabel[] {
  return ticks.map((tick) => ({ at: scale.at(tick), width: textWidth(tickText(tick), FONT_SIZE) }));
}

function frameOf(scale: Scale, tickText: (tick: number) => string): Frame {
  const { before, after } = margins(placedLabels(scale, scale.ticks, tickText), NARROW, { before: 0, after: 0 });
  return { scale, start: before / NARROW, width: 1 - (before + after) / NARROW };
}

function picture(strip: Strip, levels: readonly Level[], frame: Frame): Markup {
  const x = (value: number) => across(frame, value);
  const { mean, error } = strip;
  return html`<svg class="strip" width="100%" height="34" role="img" aria-label="${strip.value}">
${frame.scale.ticks.map((tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="34"/>`)}
${levels.map(
  ({ name, value, kind }) =>
    html`<line class="level ${kind}" x1="${x(value)}" x2="${x(value)}" y1="0" y2="34"><title>${name}</title></line>`,
)}
${error !== undefined && html`<line class="error" x1="${x(mean - error)}" x2="${x(mean + error)}" y1="17" y2="17"/>`}
${strip.runs.length > MOST_DOTS ? histogram(strip.runs, frame) : strip.runs.map((run) => html`<circle class="run" cx="${x(run)}" cy="17" r="3.5"/>`)}
<circle class="mean${error === undefined && ' single'}" cx="${x(mean)}" cy="17" r="6"><title>${strip.value}</title></circle>
</svg>`;
}

/** Histogram bars, scaled to the height of the strip. */
function histogram(runs: readonly number[], { scale, start, width }: Frame): Markup[] {
  const counts = new Array<number>(BARS).fill(0);
  for (const run of runs) counts[Math.min(BARS - 1, Math.max(0, Math.floor(BARS * scale.at(run))))]++;
  const most = Math.max(...counts);
  return counts.flatMap((count, bar) => {
    if (count === 0) return [];
    const height = Math.max(1, (29 * count) / most);
    return html`<rect class="share" x="${inPercent(start + (width * bar) / BARS)}" y="${(34 - height).toFixed(1)}" width="${inPercent(width / BARS)}" height="${height.toFixed(1)}"><title>${plural(count, 'run')}</title></rect>`;
  });
}

/** Labels that would overlap in a narrow plot are omitted there. */
function axis(frame: Frame, tickText: (tick: number) => string): Markup {
  const { scale, width } = frame;
  const apart = (ticks: readonly number[], length: number) => {
    const isShown = spaced(placedLabels(scale, ticks, tickText), width * length, Math.max(0, ticks.indexOf(0)));
    return ticks.filter((_, i) => isShown[i]);
  };
  const labelled = apart(scale.ticks, BESIDE);
  const onPhones = apart(labelled, NARROW);
  return html`<svg class="strip axis" width="100%" height="22">
${scale.ticks.map((tick) => html`<line class="grid" x1="${across(frame, tick)}" x2="${across(frame, tick)}" y1="0" y2="5"/>`)}
${labelled.map(
  (tick) =>
    html`<text${!onPhones.includes(tick) && html` class="spare"`} x="${across(frame, tick)}" y="17" text-anchor="middle">${tickText(tick)}</text>`,
)}
</svg>`;
}

function across({ scale, start, width }: Frame, value: number): string {
  return inPercent(start + width * scale.at(value));
}

function inPercent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
