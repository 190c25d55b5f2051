import type { SearchJob, StudyResults } from '../../src/nas/transfer/index.js';
import { decimal } from '../progress/numbers.js';
import { html, type Markup } from './html.js';
import { curveClass, linePath, plot, SMALL, seriesClass, seriesLegend } from './plot.js';
import { type Scale, scaleOver } from './scale.js';
import { groupBy, unique } from './studyCells.js';

/** Mean shares of the operations after an epoch, over the seeds that reached it. */
interface SharesAt {
  readonly epoch: number;
  readonly shares: Readonly<Record<string, number>>;
}

/** Shares of operations during relaxed searches: a panel for each method, source and table; null without any. */
export function sharesSection({ searches }: StudyResults): Markup | null {
  const told = searches.filter(({ epochs }) => epochs.some(({ telemetry }) => telemetry));
  if (told.length === 0) return null;
  const panels = [...groupBy(told, ({ method, source }) => JSON.stringify([method, source])).values()].flatMap(
    (group) => tablesOf(group).map((table) => ({ group, table, means: meanShares(group, table) })),
  );
  const operations = unique(panels.flatMap(({ means }) => means.flatMap(({ shares }) => Object.keys(shares))));
  const up = sharesScale(panels.flatMap(({ means }) => means));
  return html`<h3>Shares of operations during the search</h3>
<p>Mean strength of each operation over edges and seeds, by epoch.</p>
${seriesLegend(operations, operations)}
<div class="panels" style="--columns:4">${panels.map(
    ({ group: [{ method, source }], table, means }) => html`
<figure class="panel"><figcaption><b>${method}</b> from ${source}${table.shown && `, ${table.name}`}</figcaption>${panel(means, operations, up)}</figure>`,
  )}</div>`;
}

interface TableName {
  readonly name: string;
  /** Whether there are several tables, so that the name is shown. */
  readonly shown: boolean;
}

function tablesOf(group: readonly SearchJob[]): TableName[] {
  const names = unique(
    group.flatMap(({ epochs }) => epochs.flatMap(({ telemetry }) => telemetry?.tables.map(({ name }) => name) ?? [])),
  );
  return names.map((name) => ({ name, shown: names.length > 1 }));
}

function meanShares(group: readonly SearchJob[], { name }: TableName): SharesAt[] {
  const records = group.flatMap(({ epochs }) =>
    epochs.flatMap(({ epoch, telemetry }) => {
      const table = telemetry?.tables.find((one) => one.name === name);
      return table ? [{ epoch, shares: table.shares }] : [];
    }),
  );
  return [...groupBy(records, ({ epoch }) => String(epoch)).values()]
    .map((same) => {
      const mean = (operation: string) => same.reduce((sum, { shares }) => sum + shares[operation], 0) / same.length;
      return {
        epoch: same[0].epoch,
        shares: Object.fromEntries(Object.keys(same[0].shares).map((operation) => [operation, mean(operation)])),
      };
    })
    .sort((a, b) => a.epoch - b.epoch);
}

/**
 * One axis for all panels: from 0 to at least twice the uniform share, so that small differences look small.
 */
function sharesScale(means: readonly SharesAt[]): Scale {
  const tops = means.map(({ shares }) => {
    const values = Object.values(shares);
    return Math.max(2 / values.length, ...values.filter(Number.isFinite));
  });
  return scaleOver([0, ...tops], 5, { min: 0, max: 1 });
}

function panel(means: readonly SharesAt[], operations: readonly string[], up: Scale): Markup {
  const across = scaleOver(
    means.map(({ epoch }) => epoch),
    4,
  );
  const last = means[means.length - 1].shares;
  return plot({
    label: Object.entries(last)
      .map(([operation, share]) => `${operation} ends at ${decimal(share, 2)}`)
      .join('; '),
    size: SMALL,
    x: { scale: across, title: 'epoch', tickText: (tick) => (Number.isInteger(tick) ? String(tick) : '') },
    y: { scale: up, title: 'share', tickText: (tick) => decimal(tick, up.digits) },
    content: ({ x, y }) =>
      html`${Object.keys(last).map((operation) => {
        const series = operations.indexOf(operation);
        const points = means
          .filter(({ shares }) => Number.isFinite(shares[operation]))
          .map(({ epoch, shares }) => [x(epoch), y(shares[operation])] as const);
        return html`<g class="${seriesClass(series)}"><title>${operation}</title><path class="${curveClass(series)}" d="${linePath(points)}"/></g>`;
      })}`,
  });
}
