import { html, type Insert, type Markup } from './html.js';
import type { Scale } from './scale.js';

export interface Axis {
  readonly scale: Scale;
  readonly title: string;
  readonly tickText: (tick: number) => string;
}

/** Where values lie inside the frame, in units of the picture. */
export interface Place {
  readonly width: number;
  readonly height: number;
  x(value: number): number;
  y(value: number): number;
}

interface Plot {
  /** What the picture shows, for readers who can't see it. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly size: PlotSize;
  /** What is drawn inside the frame; what lies beyond is cut off. */
  readonly content: (place: Place) => Insert;
}

/** Width and height of a picture in the units of its letters, and what the labels left of the frame take of it. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
  readonly left: number;
}

export const WIDE: PlotSize = { width: 460, height: 270, left: 40 };
export const SMALL: PlotSize = { width: 264, height: 230, left: 36 };

const TOP = 24;
const RIGHT = 10;
const BOTTOM = 36;

/** A frame with two axes. */
export function plot({ label, x, y, size, content }: Plot): Markup {
  const { left } = size;
  const [width, height] = [size.width - left - RIGHT, size.height - TOP - BOTTOM];
  const place: Place = {
    width,
    height,
    x: (value) => rounded(width * x.scale.at(value)),
    y: (value) => rounded(height * (1 - y.scale.at(value))),
  };
  const base = TOP + height;
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}">
<text x="0" y="11" class="title">${y.title}</text>
${y.scale.ticks.map((tick) => {
  const at = rounded(TOP + place.y(tick));
  return html`<line class="grid" x1="${left}" x2="${left + width}" y1="${at}" y2="${at}"/><text x="${left - 5}" y="${at}" dy="0.35em" text-anchor="end">${y.tickText(tick)}</text>`;
})}
${x.scale.ticks.map((tick) => {
  const at = rounded(left + place.x(tick));
  return html`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${base}"/><text x="${at}" y="${base + 14}" text-anchor="middle">${x.tickText(tick)}</text>`;
})}
<text x="${left + width / 2}" y="${base + 31}" text-anchor="middle">${x.title}</text>
<svg x="${left}" y="${TOP}" width="${width}" height="${height}">${content(place)}</svg>
</svg>`;
}

/** Path through points; a point alone shows only by its round line end. */
export function linePath(points: readonly (readonly [x: number, y: number])[]): string {
  return points.length > 0 ? `M${points.map(([x, y]) => `${x} ${y}`).join('L')}l0 0` : '';
}

/** Path of dots where the points lie; those on the same unit are drawn once. */
export function dotsPath(points: readonly (readonly [x: number, y: number])[]): string {
  const places = new Set(points.map(([x, y]) => `M${Math.round(x)} ${Math.round(y)}h0`));
  return [...places].join('');
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}

/** The class that gives a curve its colour; beyond the eighth, colours come again with dashes. */
export function seriesClass(place: number): string {
  return `series${place % 8}`;
}

export function curveClass(place: number): string {
  return place % 16 < 8 ? 'curve' : 'curve dashed';
}

/** Which colour is which name. */
export function seriesLegend(names: readonly string[], all: readonly string[], more: Insert = null): Markup {
  return html`<p class="legend-row">${names.map((name) => {
    const place = all.indexOf(name);
    return html`<span class="legend"><span class="key line ${seriesClass(place)}${place % 16 >= 8 && ' dashed'}"></span> ${name}</span> `;
  })}${more}</p>`;
}
