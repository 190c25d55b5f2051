import type { ParetoPoint } from '../../src/nas/records/index.js';
import type { TableRunResults } from '../../src/nas/tables/index.js';
import { amount, decimal, percent, plural, spreadText } from '../progress/numbers.js';
import { html, type Markup } from './html.js';
import { dotsPath, linePath, plot, seriesClass, seriesLegend, WIDE } from './plot.js';
import { scaleOver } from './scale.js';
import { axisOver } from './scatter.js';
import { unique } from './studyCells.js';
import { table } from './table.js';

const ACCURACY = 'accuracy';

interface Front {
  readonly method: string;
  readonly points: readonly ParetoPoint[];
}

/** Accuracy against every cost of the fronts that searches found, and those of the table's own front; null without fronts. */
export function paretoSection(results: TableRunResults): Markup | null {
  const figures = results.sources.flatMap((source) => {
    const fronts = results.searches.flatMap(({ method, set, front }): Front[] =>
      set === source && front && front.length > 0 ? [{ method, points: front }] : [],
    );
    const costs = unique(fronts.flatMap(({ points }) => Object.keys(points[0].objectives))).filter(
      (name) => name !== ACCURACY,
    );
    return costs.length > 0 ? [sourceFigures(results, source, fronts, costs)] : [];
  });
  if (figures.length === 0 && results.hypervolumes.length === 0) return null;
  return html`${figures}${hypervolumes(results)}`;
}

function sourceFigures(
  results: TableRunResults,
  source: string,
  fronts: readonly Front[],
  costs: readonly string[],
): Markup {
  const labels = results.methods.map(({ label }) => label);
  const own = (results.tableFronts ?? []).filter((front) => front.source === source);
  return html`<h3>Searched on ${source}: ${plural(fronts.length, 'front')}</h3>
${seriesLegend(unique(fronts.map(({ method }) => method)), labels, own.length > 0 && html`<span class="legend"><span class="key front"></span> the table's own front</span>`)}
<div class="panels" style="--columns:2">${costs.map((cost) => {
    const exact = own.find(({ objectives }) => objectives.includes(cost))?.front ?? [];
    return figure(fronts, cost, labels, exact);
  })}</div>`;
}

function figure(
  fronts: readonly Front[],
  cost: string,
  labels: readonly string[],
  own: readonly ParetoPoint[],
): Markup {
  const pair = ({ objectives }: ParetoPoint) => [objectives[cost], objectives[ACCURACY]] as const;
  const known = (points: readonly ParetoPoint[]) => points.map(pair).filter((values) => values.every(Number.isFinite));
  const found = unique(fronts.map(({ method }) => method)).map((method) => ({
    method,
    points: fronts.filter((front) => front.method === method).flatMap(({ points }) => known(points)),
  }));
  const best = steps(known(own));
  const all = [...found.flatMap(({ points }) => points), ...best];
  const across = scaleOver([0, ...all.map(([x]) => x)], 5, { min: 0 });
  const up = axisOver(
    all.map(([, y]) => y),
    6,
  );
  return html`
<figure class="panel wide">${plot({
    label: found
      .map(({ method, points }) => `${method}: ${plural(points.length, 'point')} of accuracy and ${costText(cost)}`)
      .join('; '),
    size: WIDE,
    x: { scale: across, title: costText(cost), tickText: (tick) => costTick(tick, across.digits) },
    y: { scale: up, title: 'accuracy seen, %', tickText: (tick) => percent(tick, Math.max(0, up.digits - 2)) },
    content: ({ x, y }) =>
      html`${best.length > 0 && html`<path class="front" d="${linePath(best.map(([a, b]) => [x(a), y(b)] as const))}"><title>the table's own front</title></path>`}${found.map(
        ({ method, points }) =>
          html`<path class="dots ${seriesClass(labels.indexOf(method))}" d="${dotsPath(points.map(([a, b]) => [x(a), y(b)] as const))}"><title>${method}</title></path>`,
      )}`,
  })}</figure>`;
}

type Pair = readonly [cost: number, accuracy: number];

/** Corners of the front in these two objectives, cheapest first. With more objectives, points that are worse in both are omitted. */
function steps(points: readonly Pair[]): Pair[] {
  const corners: Pair[] = [];
  for (const [cost, accuracy] of points.toSorted((a, b) => a[0] - b[0] || b[1] - a[1])) {
    const before = corners.at(-1);
    if (before && accuracy <= before[1]) continue;
    if (before) corners.push([cost, before[1]]);
    corners.push([cost, accuracy]);
  }
  return corners;
}

function costTick(tick: number, digits: number): string {
  return Math.abs(tick) < 1000 ? decimal(tick, digits) : amount(tick);
}

/** `latency:edgegpu` as `latency on edgegpu, ms`. */
function costText(name: string): string {
  if (name.startsWith('latency:')) return `latency on ${name.slice('latency:'.length)}, ms`;
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function hypervolumes({ hypervolumes: rows }: TableRunResults): Markup | null {
  if (rows.length === 0) return null;
  return table({
    caption:
      "Hypervolume dominated by the front, mean ± standard deviation over the seeds, and that of the table's own front",
    columns: ['method', 'source', 'objectives', { number: 'hypervolume' }, { number: 'table' }, { number: 'share' }],
    rows: rows.map(({ method, source, objectives, hypervolume, optimum }) => [
      method,
      source,
      objectives.map(costText).join(', '),
      spreadText(hypervolume, 4),
      decimal(optimum, 4),
      optimum > 0 ? `${percent(hypervolume.mean / optimum)} %` : '–',
    ]),
  });
}
