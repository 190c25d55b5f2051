import type { EpochRecord } from '../../records/epochRecord.js';
import type { RelaxedTable, Selection } from '../../spaces/shared/space.js';
import { SKIP } from './skipLimit.js';

/** Ratio of the last to the first validation loss above which it counts as diverged. */
const DIVERGED = 1.5;

/** Reasons to distrust the result of a search on a supernet, each with its meaning and what to try. */
export function searchWarnings(
  tables: readonly RelaxedTable[],
  selection: Selection,
  epochs: readonly EpochRecord[],
): string[] {
  return [
    ...tables.flatMap((table, t) => tableWarnings(table, selection[t], tables.length > 1)),
    ...noneWarnings(epochs.at(-1)),
    ...lossWarnings(epochs),
  ];
}

function tableWarnings(table: RelaxedTable, rows: readonly (readonly number[])[], named: boolean): string[] {
  const cell = named ? `the ${table.name} cell` : 'the cell';
  const operations = rows.flatMap((row) => row.map((operation) => table.operations[operation]));
  const skips = operations.filter((name) => name === SKIP).length;
  const warnings: string[] = [];
  if (skips > 0 && 2 * skips >= operations.length)
    warnings.push(
      `half of the edges or more became skip connections: ${skips} of ${operations.length} in ${cell}. Such a collapse is known of differentiable search; skips learn nothing. Try fewer epochs, the options stopSkips, stopEigenvalue or maxSkips, or a method made against it (fair-darts, p-darts, pc-darts)`,
    );
  if (!isConnected(table, rows))
    warnings.push(
      `the architecture is disconnected: no input reaches the output of ${cell}, so it can only guess. Try another seed, more epochs or a lower learning rate of the architecture parameters`,
    );
  const working = operations.filter((name) => name !== 'none');
  if (working.length === 1)
    warnings.push(
      `${cell} has one operation alone, ${working[0]}: the search ended before more became clear (fair-darts: before their gates reached threshold). Try a lower threshold, more epochs or a higher learning rate of the architecture parameters`,
    );
  return warnings;
}

/** Whether operations other than `none` lead from an input to the output: the last node, or any where some edges are kept. */
export function isConnected({ edges, operations, kept }: RelaxedTable, rows: readonly (readonly number[])[]): boolean {
  const targets = new Set(edges.map(([, target]) => target));
  const reached = new Set(edges.map(([source]) => source).filter((source) => !targets.has(source)));
  edges.forEach(([source, target], edge) => {
    if (reached.has(source) && rows[edge].some((operation) => operations[operation] !== 'none')) reached.add(target);
  });
  return kept === undefined ? reached.has(Math.max(...targets)) : [...targets].some((target) => reached.has(target));
}

function noneWarnings(last: EpochRecord | undefined): string[] {
  return (last?.telemetry?.tables ?? []).flatMap(({ name, shares: { none = 0, ...others } }) =>
    none > Object.values(others).reduce((a, b) => a + b, 0)
      ? [
          `none dominates: in table ${name} it has a mean share of ${none.toFixed(2)}, more than all operations together. The search says little of which operation is good; try more epochs, or a method without none (fair-darts)`,
        ]
      : [],
  );
}

function lossWarnings(epochs: readonly EpochRecord[]): string[] {
  const broken = epochs.find(({ trainLoss, validationLoss = 0 }) => !Number.isFinite(trainLoss + validationLoss));
  if (broken)
    return [
      `the loss is not a finite number from epoch ${broken.epoch} on: the training diverged and its architecture means nothing. Try a lower learning rate, or clipping (optimizer.clipNorm)`,
    ];
  const losses = epochs.flatMap(({ validationLoss }) => validationLoss ?? []);
  const [first, last] = [losses[0], losses[losses.length - 1]];
  return losses.length > 1 && last > DIVERGED * first
    ? [
        `validation loss diverged: from ${first.toFixed(2)} to ${last.toFixed(2)}. The weights no longer fit images that they were not trained on; try fewer epochs, a lower learning rate, or more images`,
      ]
    : [];
}
