import { html, type Insert, type Markup } from './html.js';
import {
  FONT_SIZE,
  LABEL_GAP,
  leftMargin,
  margins,
  PHONE_FONT_SIZE,
  type PlacedLabel,
  spaced,
  spacedUpright,
  textWidth,
} from './labels.js';
import type { Scale } from './scale.js';

export interface Axis {
  readonly scale: Scale;
  readonly title: string;
  readonly tickText: (tick: number) => string;
}

/** Maps values to positions inside the frame, in units of the view box. */
export interface Place {
  readonly width: number;
  readonly height: number;
  x(value: number): number;
  y(value: number): number;
}

interface Plot {
  /** Description for screen readers. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly size: PlotSize;
  /** Contents of the frame; what lies outside is clipped. */
  readonly content: (place: Place) => Insert;
}

/** Width and height of the view box, and the largest font size that the style sheet may set. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
  readonly letters: number;
}

export const WIDE: PlotSize = { width: 460, height: 290, letters: PHONE_FONT_SIZE };
export const SMALL: PlotSize = { width: 264, height: 230, letters: FONT_SIZE };

const RIGHT = 10;

/** A frame with two axes. */
export function plot({ label, x, y, size, content }: Plot): Markup {
  const { letters } = size;
  const [top, bottom] = [Math.round(2.1 * letters), Math.round(3.1 * letters)];
  const left = leftMargin(y.scale.ticks.map(y.tickText), letters);
  const below = x.scale.ticks.map((tick): PlacedLabel & { readonly text: string } => {
    const text = x.tickText(tick);
    return { at: x.scale.at(tick), width: textWidth(text, letters), text };
  });
  const { before, after } = margins(below, size.width, { before: left, after: RIGHT });
  const [width, height] = [rounded(size.width - before - after), size.height - top - bottom];
  const place: Place = {
    width,
    height,
    x: (value) => rounded(width * x.scale.at(value)),
    y: (value) => rounded(height * (1 - y.scale.at(value))),
  };
  const [start, end, base] = [rounded(before), rounded(before + width), top + height];
  const isShownAcross = spaced(below, width);
  const isShownUp = spacedUpright(y.scale.ticks.map(y.scale.at), height, letters);
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}">
<text x="0" y="${rounded(letters)}" class="title">${y.title}</text>
${y.scale.ticks.map((tick, i) => {
  const at = rounded(top + place.y(tick));
  return html`<line class="grid" x1="${start}" x2="${end}" y1="${at}" y2="${at}"/>${isShownUp[i] && html`<text x="${start - LABEL_GAP}" y="${at}" dy="0.35em" text-anchor="end">${y.tickText(tick)}</text>`}`;
})}
${x.scale.ticks.map((tick, i) => {
  const at = rounded(start + place.x(tick));
  return html`<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${base}"/>${isShownAcross[i] && html`<text x="${at}" y="${rounded(base + 1.2 * letters)}" text-anchor="middle">${below[i].text}</text>`}`;
})}
<text x="${rounded(start + width / 2)}" y="${rounded(base + 2.65 * letters)}" text-anchor="middle">${x.title}</text>
<svg x="${start}" y="${top}" width="${width}" height="${height}">${content(place)}</svg>
</svg>`;
}

/** Path through points; the segment of length 0 makes a single point visible by its round line cap. */
export function linePath(points: readonly (readonly [x: number, y: number])[]): string {
  return points.length > 0 ? `M${points.map(([x, y]) => `${x} ${y}`).join('L')}l0 0` : '';
}

/** Path with a dot per point; points rounded to the same unit are drawn once. */
export function dotsPath(points: readonly (readonly [x: number, y: number])[]): string {
  const places = new Set(points.map(([x, y]) => `M${Math.round(x)} ${Math.round(y)}h0`));
  return [...places].join('');
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}

/** CSS class of the colour of a series; from the ninth on, colours repeat with dashed lines. */
export function seriesClass(place: number): string {
  return `series${place % 8}`;
}

export function curveClass(place: number): string {
  return place % 16 < 8 ? 'curve' : 'curve dashed';
}

/** Legend of series names. */
export function seriesLegend(names: readonly string[], all: readonly string[], more: Insert = null): Markup {
  return html`<p class="legend-row">${names.map((name) => {
    const place = all.indexOf(name);
    return html`<span class="legend"><span class="key line ${seriesClass(place)}${place % 16 >= 8 && ' dashed'}"></span> ${name}</span> `;
  })}${more}</p>`;
}
