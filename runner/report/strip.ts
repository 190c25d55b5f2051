import { html, type Insert, type Markup } from './html.js';
import { plural } from './numbers.js';
import type { Scale } from './scale.js';

/** More runs than this are drawn as a histogram. */
const MOST_DOTS = 60;

const BARS = 80;

/** A row of a dot plot: single runs as small dots, their mean as a large one with a bar around it. */
export interface Strip {
  readonly label: Insert;
  /** The numbers in words: the last column of the table, and what a screen reader says of the picture. */
  readonly value: string;
  readonly runs: readonly number[];
  readonly mean: number;
  /** Half the length of the bar; absent where it is not known. */
  readonly error?: number;
  /** Drawn paler: the level the others are compared with. */
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
 * A table whose middle column is a dot plot. Positions across are in per cent, so the plot takes any width while its text
 * and dots keep their size; the numbers stand beside it, so the table reads without the picture.
 */
export function stripTable({ scale, levels, ...table }: StripTable): Markup {
  const { strips, tickText } = table;
  return html`<figure class="table"><figcaption>${table.caption}</figcaption>
<table class="strips">
<thead><tr><th scope="col">${table.labelHeading}</th><th scope="col" class="plot">${table.plotHeading}</th><th scope="col" class="number">${table.valueHeading}</th></tr></thead>
<tbody>${strips.map(
    (strip) => html`
<tr${strip.muted && html` class="muted"`}><th scope="row">${strip.label}</th><td class="plot">${picture(strip, levels, scale)}</td><td class="number">${strip.value}</td></tr>`,
  )}
</tbody>
<tfoot aria-hidden="true"><tr><td></td><td class="plot">${axis(scale, tickText)}</td><td></td></tr></tfoot>
</table></figure>`;
}

function picture(strip: Strip, levels: readonly Level[], scale: Scale): Markup {
  const x = (value: number) => across(scale, value);
  const { mean, error } = strip;
  return html`<svg class="strip" width="100%" height="34" role="img" aria-label="${strip.value}">
${scale.ticks.map((tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="34"/>`)}
${levels.map(
  ({ name, value, kind }) =>
    html`<line class="level ${kind}" x1="${x(value)}" x2="${x(value)}" y1="0" y2="34"><title>${name}</title></line>`,
)}
${error !== undefined && html`<line class="error" x1="${x(mean - error)}" x2="${x(mean + error)}" y1="17" y2="17"/>`}
${strip.runs.length > MOST_DOTS ? histogram(strip.runs, scale) : strip.runs.map((run) => html`<circle class="run" cx="${x(run)}" cy="17" r="3.5"/>`)}
<circle class="mean${error === undefined && ' single'}" cx="${x(mean)}" cy="17" r="6"><title>${strip.value}</title></circle>
</svg>`;
}

/** Bars that stand on the lower edge, the highest as high as the strip. */
function histogram(runs: readonly number[], scale: Scale): Markup[] {
  const counts = new Array<number>(BARS).fill(0);
  for (const run of runs) counts[Math.min(BARS - 1, Math.max(0, Math.floor(BARS * scale.at(run))))]++;
  const most = Math.max(...counts);
  return counts.flatMap((count, bar) => {
    if (count === 0) return [];
    const height = Math.max(1, (29 * count) / most);
    return html`<rect class="share" x="${((100 * bar) / BARS).toFixed(2)}%" y="${(34 - height).toFixed(1)}" width="${(100 / BARS).toFixed(2)}%" height="${height.toFixed(1)}"><title>${plural(count, 'run')}</title></rect>`;
  });
}

function axis(scale: Scale, tickText: (tick: number) => string): Markup {
  return html`<svg class="strip axis" width="100%" height="22">
${scale.ticks.map(
  (tick) => html`<line class="grid" x1="${across(scale, tick)}" x2="${across(scale, tick)}" y1="0" y2="5"/>
<text x="${across(scale, tick)}" y="17" text-anchor="middle">${tickText(tick)}</text>`,
)}
</svg>`;
}

function across(scale: Scale, value: number): string {
  return `${(100 * scale.at(value)).toFixed(2)}%`;
}
