import type { Lifetime, ProgramDescription } from './describe.js';

const WIDTH = 1200;
const HEIGHT = 640;
const PLOT = { left: 84, top: 56, right: 16, bottom: 44 };

/** Height, in units of the picture, above which a rectangle has an edge. */
const EDGED_HEIGHT = 4;

/** Colours for light and dark pages, distinguishable by lightness too. */
const STYLE = `
svg { background: #ffffff; font: 13px system-ui, sans-serif; }
text { fill: #1f2328; }
.slot { fill: #eceff3; }
.axis { stroke: #8b949e; stroke-width: 1; }
.value { fill: #2f6fb5; } .gradient { fill: #d9822b; } .scratch { fill: #7a3e9d; }
.edged { stroke: #ffffff; stroke-width: 0.4; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; } text { fill: #e6edf3; } .slot { fill: #20262e; }
  .value { fill: #6cb0f5; } .gradient { fill: #f0a85a; } .scratch { fill: #c79be6; } .edged { stroke: #0d1117; }
}`;

const KINDS = [
  ['value', 'values'],
  ['gradient', 'gradients'],
  ['scratch', 'scratch'],
] as const;

/**
 * Draws the memory that temporary values share: dispatches from left to right, slots stacked, a rectangle for every value from its
 * first use to its last.
 * @returns a standalone SVG document
 */
export function arenaSvg({ dispatches, memory, lifetimes }: ProgramDescription): string {
  const total = memory.slots.reduce((sum, slot) => sum + slot, 0);
  const width = WIDTH - PLOT.left - PLOT.right;
  const height = HEIGHT - PLOT.top - PLOT.bottom;
  const x = (dispatch: number) => PLOT.left + (width * dispatch) / Math.max(1, dispatches.length);
  const y = (bytes: number) => PLOT.top + height * (1 - bytes / Math.max(1, total));
  const starts = memory.slots.map((_, slot) => memory.slots.slice(0, slot).reduce((sum, bytes) => sum + bytes, 0));
  const rectangle = (attributes: string, left: number, right: number, low: number, high: number, title: string) =>
    `<rect ${attributes} x="${round(x(left))}" y="${round(y(high))}" width="${round(x(right) - x(left))}" height="${round(y(low) - y(high))}"><title>${escapeText(title)}</title></rect>`;
  const slots = memory.slots.map((bytes, slot) =>
    rectangle('class="slot"', 0, dispatches.length, starts[slot], starts[slot] + bytes, `slot ${slot}: ${size(bytes)}`),
  );
  const lives = lifetimes.map((lifetime) => {
    const low = starts[lifetime.slot];
    const { first, last, bytes } = lifetime;
    // The edge would cover a very low rectangle.
    const edged = y(low) - y(low + bytes) > EDGED_HEIGHT ? ' edged' : '';
    return rectangle(`class="life ${kindOf(lifetime)}${edged}"`, first, last + 1, low, low + bytes, titleOf(lifetime));
  });
  const caption = `${memory.slots.length} slots, ${size(total)}; ${size(memory.peakLive)} live at the peak; ${size(memory.unshared)} with a buffer a value`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(caption)}">`,
    `<style>${STYLE}\n</style>`,
    `<text x="${PLOT.left}" y="22">${escapeText(caption)}</text>`,
    ...legend(),
    ...slots,
    ...lives,
    ...axes(x, y, dispatches.length, total),
    '</svg>',
    '',
  ].join('\n');
}

function kindOf({ kind, operation }: Lifetime): (typeof KINDS)[number][0] {
  if (kind === 'scratch') return 'scratch';
  return /gradient/i.test(operation) ? 'gradient' : 'value';
}

function titleOf({ operation, holds, bytes, first, last, slot }: Lifetime): string {
  return `${operation}: ${holds}, ${size(bytes)} in slot ${slot}, dispatches ${first} to ${last}`;
}

function legend(): string[] {
  return KINDS.flatMap(([kind, label], index) => {
    const left = PLOT.left + 110 * index;
    return [
      `<rect class="${kind}" x="${left}" y="34" width="12" height="12"/>`,
      `<text x="${left + 18}" y="45">${label}</text>`,
    ];
  });
}

function axes(x: (dispatch: number) => number, y: (bytes: number) => number, count: number, total: number): string[] {
  const bottom = round(y(0));
  const lines = [
    `<line class="axis" x1="${round(x(0))}" y1="${bottom}" x2="${round(x(count))}" y2="${bottom}"/>`,
    `<line class="axis" x1="${round(x(0))}" y1="${bottom}" x2="${round(x(0))}" y2="${round(y(total))}"/>`,
    `<text x="${round(x(count / 2))}" y="${HEIGHT - 8}" text-anchor="middle">dispatch</text>`,
  ];
  for (const dispatch of ticks(count))
    lines.push(`<text x="${round(x(dispatch))}" y="${bottom + 18}" text-anchor="middle">${dispatch}</text>`);
  const { unit, name } = unitOf(total);
  for (const amount of ticks(total / unit))
    lines.push(
      `<text x="${PLOT.left - 8}" y="${round(y(amount * unit) + 4)}" text-anchor="end">${amount} ${name}</text>`,
    );
  return lines;
}

/** Round numbers from 0 up to `most`, at most eleven. */
function ticks(most: number): number[] {
  const decade = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  const step = [decade / 10, decade / 5, decade / 2, decade, 2 * decade].find(
    (candidate) => candidate >= 1 && most / candidate <= 10,
  );
  const numbers: number[] = [];
  for (let tick = 0; tick <= most; tick += step ?? most) numbers.push(tick);
  return numbers;
}

function unitOf(bytes: number): { readonly unit: number; readonly name: string } {
  return bytes >= 2 ** 21 ? { unit: 2 ** 20, name: 'MiB' } : { unit: 2 ** 10, name: 'KiB' };
}

function size(bytes: number): string {
  const { unit, name } = unitOf(bytes);
  return `${(bytes / unit).toFixed(2)} ${name}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Escapes text for an XML element or attribute. */
function escapeText(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
