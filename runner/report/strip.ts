import { html, type Insert, type Markup } from './html.js';
import type { Scale } from './scale.js';

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
${strip.runs.map((run) => html`<circle class="run" cx="${x(run)}" cy="17" r="3.5"/>`)}
<circle class="mean${error === undefined && ' single'}" cx="${x(mean)}" cy="17" r="6"><title>${strip.value}</title></circle>
</svg>`;
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
