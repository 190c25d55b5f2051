import { grouped } from '../progress/numbers.js';
import { html, type Markup } from './html.js';
import { dotsPath, type Place } from './plot.js';
import { type Scale, scaleOver } from './scale.js';
import { groupBy } from './studyCells.js';

/** With more points than this, counts in squares are drawn instead. */
const MOST_DOTS = 500;

/** Side of a square. */
const SIDE = 5;

const SHADES = 5;

type Point = readonly [x: number, y: number];

/** Points as dots; many points as squares coloured by count. */
export function scatter(points: readonly Point[], place: Place): Markup {
  const drawn = points.map(([x, y]): Point => [place.x(x), place.y(y)]);
  if (points.length <= MOST_DOTS) return html`<path class="dots" d="${dotsPath(drawn)}"/>`;
  const squares = groupBy(drawn, ([x, y]) => `M${SIDE * Math.floor(x / SIDE)} ${SIDE * Math.floor(y / SIDE)}`);
  const most = [...squares.values()].reduce((highest, square) => Math.max(highest, square.length), 1);
  const shades: string[] = new Array(SHADES).fill('');
  for (const [corner, { length }] of squares) {
    const shade = most === 1 ? 0 : Math.floor((Math.log(length) / Math.log(most)) * (SHADES - 1e-9));
    shades[Math.min(shade, SHADES - 1)] += `${corner}h${SIDE}v${SIDE}h-${SIDE}z`;
  }
  return html`<g class="bins"><title>squares hold 1 to ${grouped(most)} points</title>${shades.map(
    (path, shade) => path && html`<path fill-opacity="${(shade + 1) / SHADES}" d="${path}"/>`,
  )}</g>`;
}

/** An axis without the lowest tenth of the values where that tenth would take more than half of it. */
export function axisOver(values: readonly number[], ticks: number): Scale {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (sorted.length < 100) return scaleOver(sorted, ticks);
  const cut = Math.floor(sorted.length / 10);
  const [low, core, high] = [sorted[0], sorted[cut], sorted[sorted.length - 1]];
  return scaleOver(core - low > high - core ? sorted.slice(cut) : sorted, ticks);
}
